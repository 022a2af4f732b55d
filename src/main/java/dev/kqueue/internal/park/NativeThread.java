package dev.kqueue.internal.park;

import dev.kqueue.internal.libc.CSignal;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.Pthread;

import java.lang.foreign.MemorySegment;

/**
 * A platform thread as pthread_kill(3) names it: so that another thread can make it leave the system call that it waits
 * in, by {@link WakeSignal}.
 *
 * <p>An array and no object of this class, since each thread keeps its own in a thread-local, which would keep this
 * class, and its class loader, for as long as the thread lives. The array's monitor is the lock of {@link
 * BlockingWait}.
 */
final class NativeThread {
    private NativeThread() {}

    private static final int PTHREAD = 0;

    /** How many signals were sent since {@link #wasSignalled} was asked. Under the monitor. */
    private static final int SIGNALS = 1;

    private static final ThreadLocal<long[]> CURRENT =
            new ThreadLocal<>() {
                @Override
                protected long[] initialValue() {
                    return make();
                }
            };

    /** The calling platform thread. The signal is installed, and not blocked in it, from the first call on. */
    static long[] current() {
        return CURRENT.get();
    }

    private static long[] make() {
        int signal = WakeSignal.number();
        // The parent process may have blocked it, and a mask is inherited through fork and exec.
        int result = CSignal.unblock(signal);
        if (result < 0) {
            throw new AssertionError("pthread_sigmask: " + Errno.strerror(-result));
        }
        return new long[] {Pthread.pthread_self(), 0};
    }

    /** Signals the thread. The caller has its monitor and knows that it has not left the wait: so it has not ended. */
    static void signal(long[] thread) {
        assert Thread.holdsLock(thread);
        thread[SIGNALS]++;
        kill(thread[PTHREAD]);
    }

    /** Signals a thread that is alive. */
    static void kill(long pthread) {
        int result = CSignal.pthread_kill(pthread, WakeSignal.number());
        // EAGAIN: too many real-time signals are pending for now (RLIMIT_SIGPENDING). The caller signals again until
        // the thread has left.
        if (result < 0 && result != -Errno.EAGAIN) {
            throw new AssertionError("pthread_kill: " + Errno.strerror(-result));
        }
    }

    /** Whether the calling thread was signalled since this was asked last; under its monitor. */
    static boolean wasSignalled(long[] thread) {
        assert Thread.holdsLock(thread);
        boolean signalled = thread[SIGNALS] != 0;
        thread[SIGNALS] = 0;
        return signalled;
    }

    /**
     * Lets a signal that was sent to the calling thread arrive before it goes on, so that it breaks off no other call:
     * a thread takes in its signals on the way out of the kernel at the latest. EINTR is as good a result as any.
     */
    static void takeInSignals() {
        Poll.poll(MemorySegment.NULL, 0, 0);
    }
}
