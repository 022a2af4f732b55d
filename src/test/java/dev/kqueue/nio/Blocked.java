package dev.kqueue.nio;

import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysSendfile;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.park.VirtualThreadPoller;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/** An operation in a thread of its own, which is seen to wait before a test goes on. */
public final class Blocked<T> {
    private static final Set<String> CALLS =
            Set.of(SysSocket.class.getName(), SysSendfile.class.getName(), Poll.class.getName());

    /** The frame on top of a thread that is in a function of the C library. */
    private static final String DOWNCALL = SysSocket.class.getPackageName() + ".CFunction";

    private final FutureTask<T> task;
    private final Thread thread;

    private Blocked(Threads threads, Callable<T> operation) {
        task = new FutureTask<>(operation);
        thread = threads.thread(task);
    }

    /** Starts the operation and returns when it waits for its descriptor. */
    public static <T> Blocked<T> in(Threads threads, Callable<T> operation) throws Exception {
        Blocked<T> blocked = new Blocked<>(threads, operation);
        blocked.thread.start();
        while (!isWaiting(blocked.thread)) {
            if (blocked.task.isDone()) {
                throw new AssertionError("did not wait: " + blocked.task.get());
            }
            Thread.sleep(1);
        }
        return blocked;
    }

    /** Starts the operation, which may have waited and ended before anybody looks. */
    static <T> Blocked<T> started(Threads threads, Callable<T> operation) {
        Blocked<T> blocked = new Blocked<>(threads, operation);
        blocked.thread.start();
        return blocked;
    }

    /**
     * Whether a thread waits for a descriptor: a virtual one parked, a platform thread in a system call. One that is
     * only about to wait is not meant: it may still open the pollers, or link the function that it is to call.
     */
    public static boolean isWaiting(Thread thread) {
        List<StackTraceElement> frames = List.of(thread.getStackTrace());
        return isParked(frames) || isInKernel(frames, thread.isVirtual());
    }

    private static boolean isParked(List<StackTraceElement> frames) {
        int park = lastOf(LockSupport.class, frames);
        return park >= 0
                && park + 1 < frames.size()
                && frames.get(park + 1).getClassName().equals(VirtualThreadPoller.class.getName());
    }

    private static boolean isInKernel(List<StackTraceElement> frames, boolean virtual) {
        // A virtual thread's calls of sockets do not wait: it tries them before it parks.
        Set<String> calls = virtual ? Set.of(Poll.class.getName()) : CALLS;
        int caller = 0;
        while (caller < frames.size() && frames.get(caller).getClassName().equals(DOWNCALL)) {
            caller++;
        }
        return caller > 0 && caller < frames.size() && calls.contains(frames.get(caller).getClassName());
    }

    private static int lastOf(Class<?> type, List<StackTraceElement> frames) {
        for (int i = frames.size() - 1; i >= 0; i--) {
            if (frames.get(i).getClassName().equals(type.getName())) {
                return i;
            }
        }
        return -1;
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean isDone() {
        return task.isDone();
    }

    public T result() throws Exception {
        return task.get();
    }

    /** What the operation throws. */
    public Throwable failure() throws InterruptedException {
        try {
            throw new AssertionError("no failure but " + task.get());
        } catch (ExecutionException failed) {
            return failed.getCause();
        }
    }
}
