package dev.kqueue.internal.thread;

import java.util.concurrent.locks.LockSupport;

/** A short pause of the calling thread, in a loop that looks again whether another thread is done. */
public final class Pause {
    private Pause() {}

    /**
     * Lets time pass: about so long, or less if the thread is unparked or interrupted.
     *
     * <p>A virtual thread yields until the time is over, and does not park: a timed park hands it to a timer of the
     * JVM, and if scheduling that timer meets an OutOfMemoryError, neither the timer nor unpark resumes the thread any
     * more (JDK 25). Yielding is retried by the JVM. So keep it short: the thread runs meanwhile whenever no other
     * does.
     *
     * @param blocker as of {@link LockSupport#parkNanos(Object, long)}
     */
    @SuppressWarnings("ThreadPriorityCheck") // yields as a hint: others may run meanwhile
    public static void of(Object blocker, long nanos) {
        if (!Thread.currentThread().isVirtual()) {
            LockSupport.parkNanos(blocker, nanos);
            return;
        }
        long begun = System.nanoTime();
        do {
            Thread.yield();
        } while (System.nanoTime() - begun < nanos && !Thread.currentThread().isInterrupted());
    }
}
