package dev.kqueue.nio;

import dev.kqueue.internal.libc.SysSendfile;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.park.BlockingWait;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** An operation in a thread of its own, which is seen to wait before a test goes on. */
public final class Blocked<T> {
    private static final Set<String> CALLS = Set.of(SysSocket.class.getName(), SysSendfile.class.getName());

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

    /** Whether a thread waits for a descriptor: a virtual one parked, a platform thread in a system call. */
    public static boolean isWaiting(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .map(StackTraceElement::getClassName)
                .anyMatch(
                        name ->
                                name.equals(BlockingWait.class.getName())
                                        || (CALLS.contains(name) && !thread.isVirtual()));
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
