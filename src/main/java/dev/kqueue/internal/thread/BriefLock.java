package dev.kqueue.internal.thread;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A reentrant spin lock, for sections of about a microsecond in which the owner does not wait.
 *
 * <pre>
 * boolean outermost = lock.enter();
 * try {
 *     ...
 * } finally {
 *     if (outermost) {
 *         lock.owner = null;
 *     }
 * }
 * </pre>
 *
 * <h2>Why it is always given back, and why every thread that waits for it gets it</h2>
 *
 * The owner gives the lock back by a write of a field. That calls nothing and allocates nothing, so neither
 * StackOverflowError nor OutOfMemoryError can prevent it. {@link #enter} throws, if at all, before it has the lock:
 * once its compare-and-set has succeeded it only returns.
 *
 * <p>No thread has to be woken. A thread that finds the lock taken looks again: at once, then after it has given up its
 * processor, then after pauses ({@link Pause}) of up to a millisecond. This is why it is not a monitor, which is given
 * back as safely: a virtual thread that has waited for a monitor is resumed by one thread of the JVM
 * (VirtualThread-unblocker), and an OutOfMemoryError there ends that thread, with all that wait left asleep.
 * java.util.concurrent's locks are given back by a method, which StackOverflowError can end halfway.
 */
public final class BriefLock {
    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(BriefLock.class, "owner", Thread.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** Each a pause instruction, of some 40 to 140 cycles. With one processor, the owner cannot go on meanwhile. */
    private static final int LOOKS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;

    /** How often a thread gives up its processor before it sleeps: the owner may wait for one. */
    private static final int YIELDS = 10;

    private static final long FIRST_PAUSE = 20_000;
    private static final long LONGEST_PAUSE = 1_000_000;

    /** The thread that has the lock; null if none has. Written from outside by the owner alone, and only null. */
    public volatile Thread owner;

    /**
     * Takes the lock.
     *
     * @return false if the calling thread had it already: an outer section gives it back then
     */
    public boolean enter() {
        Thread caller = Thread.currentThread();
        if (isOwner(caller)) {
            return false;
        }
        if (!OWNER.compareAndSet(this, (Thread) null, caller)) {
            enterLater(caller);
        }
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
    private boolean isOwner(Thread caller) {
        return owner == caller;
    }

    /** Without throwing: the caller may have something to undo under the lock. */
    @SuppressWarnings("ThreadPriorityCheck") // yields as a hint: the owner may get the processor by it
    private void enterLater(Thread caller) {
        int round = 0;
        long pause = FIRST_PAUSE;
        while (owner != null || !OWNER.compareAndSet(this, (Thread) null, caller)) {
            try {
                if (round < LOOKS) {
                    Thread.onSpinWait();
                } else if (round < LOOKS + YIELDS) {
                    Thread.yield();
                } else {
                    Pause.of(this, pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE);
                }
            } catch (OutOfMemoryError | StackOverflowError cannotWait) {
                // Nor can the thread go on: it looks again at once.
                continue;
            }
            round++;
        }
    }

    /**
     * To be called by the owner, in the method that will call {@link #enter} again after it has given the lock back:
     * uses more stack than that call, so that a StackOverflowError comes here or not at all.
     */
    public void rehearse() {
        if (!swap(owner, 1, 2, 3, 4, 5, 6)) {
            throw new IllegalMonitorStateException("not the owner");
        }
    }

    /** The numbers make the frame larger. */
    private boolean swap(Thread caller, long a, long b, long c, long d, long e, long f) {
        return caller != null && OWNER.compareAndSet(this, caller, caller) && a + b + c + d + e + f > 0;
    }
}
