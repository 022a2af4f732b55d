package dev.kqueue.internal.park;

import dev.kqueue.internal.libc.CSignal;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.Pthread;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One system call of a virtual thread, which keeps its carrier while the call waits: another thread ends the call by a
 * signal to the carrier.
 *
 * <h2>Why a signal meets no other call</h2>
 *
 * The carrier is signalled between two compare-and-sets of {@link #state}, from IN_CALL to SIGNALLING and back, and the
 * virtual thread leaves by one from IN_CALL to LEFT. So no signal is sent after it has left, and what was sent before
 * it takes in by a call of no consequence. It must not lose its carrier from {@link #begin} to the end of {@link
 * #leave}: in between it does not park, and takes no monitor, for which a virtual thread may be unmounted. This is why
 * it does not use the monitor of a {@link NativeThread}. It spins for the time of one pthread_kill(3) at most, and if
 * the thread that signals has lost its processor meanwhile, sleeps in poll(2), which keeps the carrier.
 */
final class PinnedCall {
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(PinnedCall.class, "state", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static final int IN_CALL = 0;
    private static final int SIGNALLING = 1;
    private static final int LEFT = 2;

    private static final int SPINS = 1_000;
    private static final int PAUSE_MILLIS = 1;

    private final long carrier;
    private volatile int state;

    /** Written while SIGNALLING, and read when LEFT. */
    private boolean signalled;

    private PinnedCall(long carrier) {
        this.carrier = carrier;
    }

    /**
     * To be called by the virtual thread, before it publishes what this returns. {@link #leave} follows in any case.
     */
    static PinnedCall begin() {
        // Each time: which carriers there are is the scheduler's affair, and any may have it blocked.
        int result = CSignal.unblock(WakeSignal.number());
        if (result < 0) {
            throw new AssertionError("pthread_sigmask: " + Errno.strerror(-result));
        }
        return new PinnedCall(Pthread.pthread_self());
    }

    /** Signals the carrier, unless the thread has left. The call may not have begun yet: then this is in vain. */
    void signal() {
        if (STATE.compareAndSet(this, IN_CALL, SIGNALLING)) {
            try {
                signalled = true;
                NativeThread.kill(carrier);
            } finally {
                state = IN_CALL;
            }
        }
    }

    /** The call is over: the carrier is signalled no more. */
    void leave() {
        for (int i = 0; state != IN_CALL || !STATE.compareAndSet(this, IN_CALL, LEFT); i++) {
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                Poll.poll(MemorySegment.NULL, 0, PAUSE_MILLIS);
            }
        }
        if (signalled) {
            NativeThread.takeInSignals();
        }
    }
}
