package dev.kqueue.internal.fd;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.thread.Pause;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedChannelException;
import java.util.function.IntUnaryOperator;

/**
 * A reference-counted descriptor (Go's fdMutex): close(2) is called exactly once, by the last release.
 *
 * <p>A caller that passes the number to a system call holds the descriptor meanwhile: an operation from before its
 * first call until after its last, a selector's registration from before its first change until after its last.
 *
 * <h2>Why no system call can meet the number's next owner</h2>
 *
 * The state is one word: {@link #CLOSING}, and the number of holds. It has three kinds of transition, each one
 * compare-and-set:
 *
 * <pre>
 * hold      n            to  n + 1             not once CLOSING is set
 * close     n            to  n | CLOSING       once
 * release   n [|CLOSING] to  n - 1 [|CLOSING]  only by a holder
 * </pre>
 *
 * (Further parts of the word, {@link #SHARED} and what is known of O_NONBLOCK, change neither of the two.)
 *
 * <ol>
 *   <li>CLOSING is never taken back and permits no further hold, so from then on the number of holds only falls.
 *   <li>Hence the state becomes "CLOSING, no holds" in exactly one transition, if in any, and none leads out of it.
 *       Only the thread that made that transition calls close(2): once.
 *   <li>Every other system call with the number stands between a hold and its release. The release comes before that
 *       last transition in the order of the word's values, and the word is volatile: the call happens before close(2).
 * </ol>
 *
 * <h2>Shared descriptions</h2>
 *
 * An open file description is shared as soon as another descriptor may refer to it, in this process or another: one
 * that was inherited, received from or sent to another process, or adopted by its number. It then outlives close(2) of
 * this number, and on Linux so do the epoll registrations that were made by it, which can be reached by no other
 * number. So the last holder of a shared descriptor takes it out of every kqueue before it calls close(2). (A child
 * process has all of our descriptors from fork(2) to execve(2). What is reported of a closed one for that moment is
 * stale, and dropped, so that this is not worth a system call for each connection.)
 *
 * <p>The mark is set before another holder can exist, by a caller who holds the descriptor or has just made it. The
 * last transition of the word comes after the release of that caller, so the thread that makes it sees the mark.
 *
 * <h2>Why no call that trusts O_NONBLOCK meets another holder</h2>
 *
 * Another holder of the open file description may take the flag back. A thread notes that it makes a call that trusts
 * the flag ({@link #beginTrust}), then looks whether the description is shared. A thread that shares it marks it, then
 * looks whether a call is noted, and waits for its end before the description is passed on. The notes are volatile, so
 * at least one of the two threads sees the other. The call that is waited for does not wait itself: the flag is still
 * set.
 *
 * <h2>O_NONBLOCK</h2>
 *
 * Sockets are made without it: a call that must not wait says so itself. Two calls cannot, connect(2) and accept(2),
 * and for their sake the flag is set: for good ({@link #setNonBlocking}), or until a call wants to wait ({@link
 * #setNonBlockingForNow}, {@link #callsWaitNow}). It belongs to the open file description, so it is taken back only
 * where no other descriptor refers to that, and where it stays, or another process has set it, a call that wants to
 * wait gets EAGAIN and waits by poll(2).
 *
 * <p>What is remembered of a stream's {@link Readiness} lies in the same object: a connection has one of each, and idle
 * connections are many.
 */
public class Descriptor extends Readiness {
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Descriptor.class, "state", int.class);
            // Closing must work when this process has no descriptor left to load a class with. And a class whose
            // initialization runs out of memory is lost for good: now there is some.
            for (Class<?> needed : new Class<?>[] {OpenKQueues.class, Fcntl.class, Poll.class}) {
                MethodHandles.lookup().ensureInitialized(needed);
            }
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static final int CLOSING = 1 << 31;
    private static final int SHARED = 1 << 30;

    /** O_NONBLOCK has been set, and stays. */
    private static final int NON_BLOCKING = 1 << 29;

    /** O_NONBLOCK has been set, and may be taken back. */
    private static final int NON_BLOCKING_FOR_NOW = 1 << 28;

    /** A call is being made that trusts O_NONBLOCK. */
    private static final int TRUSTED = 1 << 27;

    private static final int HOLDS = TRUSTED - 1;

    private static final int SPINS = 1_000;
    private static final long PAUSE = 20_000;

    private final int fd;
    private volatile int state;

    /** For a descriptor that the kernel has just given out: no channel can own it already. */
    public Descriptor(int fd) {
        this(fd, true);
    }

    /**
     * @param fresh whether the kernel has just given it out; otherwise the caller takes care of ownership
     */
    public Descriptor(int fd, boolean fresh) {
        assert fd >= 0 : fd;
        this.fd = fd;
        if (fresh) {
            OwnedDescriptors.add(fd);
        }
    }

    /** Closes the number, once: 0 or -errno. */
    public int closeNumber(int number) {
        OwnedDescriptors.remove(number);
        return Unistd.close(number);
    }

    /**
     * For a descriptor whose closing takes more than close(2).
     *
     * @param closer closes the descriptor it is given; returns 0 or -errno
     */
    public static Descriptor closedBy(int fd, IntUnaryOperator closer) {
        return new Descriptor(fd, false) {
            @Override
            public int closeNumber(int number) {
                return closer.applyAsInt(number);
            }
        };
    }

    /** The number; the caller holds the descriptor, and uses the number no longer than that. */
    public int fd() {
        assert (state & HOLDS) != 0 : "not held";
        return fd;
    }

    /**
     * A descriptor that was opened elsewhere, and is in the {@link OwnedDescriptors} already. It is shared: how many
     * other descriptors refer to the same open file description, nothing tells.
     *
     * @param closer closes the descriptor it is given; returns 0 or -errno
     */
    public static Descriptor claimed(int fd, IntUnaryOperator closer) {
        Descriptor descriptor = closedBy(fd, closing -> closeClaimed(closing, closer));
        descriptor.markShared();
        return descriptor;
    }

    /** Closes a claimed number: 0 or -errno. */
    public static int closeClaimed(int fd, IntUnaryOperator closer) {
        OwnedDescriptors.remove(fd);
        return closer.applyAsInt(fd);
    }

    /** Keeps the descriptor open until {@link #release}. False if closing has begun: nothing is held then. */
    public boolean hold() {
        int before;
        do {
            before = state;
            if (before < 0) {
                return false;
            }
            assert (before + 1 & HOLDS) != 0 : "more holds than the word can count";
        } while (!STATE.compareAndSet(this, before, before + 1));
        return true;
    }

    /**
     * As {@link #hold}, for an operation that cannot do without.
     *
     * @return the number
     * @throws ClosedChannelException if closing has begun: nothing is held then
     */
    public final int holdOpen() throws ClosedChannelException {
        if (!hold()) {
            throw new ClosedChannelException();
        }
        return fd();
    }

    /** Ends what {@link #hold} began. If closing has begun meanwhile, the last holder closes the descriptor. */
    public void release() {
        int before = (int) STATE.getAndAdd(this, -1);
        assert (before & HOLDS) != 0 : "not held";
        if ((before & (CLOSING | HOLDS)) == (CLOSING | 1)) {
            int result = closeNow();
            if (result < 0 && result != -Errno.EINTR) {
                // The call that closed the channel returned long ago, and the operation that ends here has a result of
                // its own to return: no caller is left to throw to.
                System.getLogger(Descriptor.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "close(2) of a descriptor failed after its last operation: {0}",
                                Errno.strerror(-result));
            }
        }
    }

    /**
     * Begins closing: the descriptor is closed at once if there is no hold, otherwise by the last {@link #release}.
     *
     * @return whether this call was the first; a later one does nothing
     * @throws IOException if close(2) was called here and failed; the number is free nevertheless
     */
    public boolean close() throws IOException {
        int before = (int) STATE.getAndBitwiseOr(this, CLOSING);
        if ((before & (CLOSING | HOLDS)) == 0) {
            int result = closeNow();
            // EINTR: the number is free all the same (Linux, FreeBSD, macOS), and calling again might close its next
            // owner's descriptor. What is lost is only the news of how a lingering socket ended.
            if (result < 0 && result != -Errno.EINTR) {
                throw Errno.exception(-result, "close");
            }
        }
        return before >= 0;
    }

    /** By the last holder, once: 0 or -errno. */
    final int closeNow() {
        int result;
        try {
            if (isShared()) {
                OpenKQueues.closing(fd);
            }
        } finally {
            result = closeNumber(fd);
        }
        return result;
    }

    /**
     * Notes that another descriptor, of this process or another, may refer to the same open file description from now
     * on. To be called before that can be, by a caller who holds the descriptor or has just made it. Returns when no
     * call trusts O_NONBLOCK any more.
     */
    public final void markShared() {
        STATE.getAndBitwiseOr(this, SHARED);
        for (int i = 0; (state & TRUSTED) != 0; i++) {
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                Pause.of(this, PAUSE);
            }
        }
    }

    /** Whether another descriptor, of this process or another, may refer to the same open file description. */
    public final boolean isShared() {
        return (state & SHARED) != 0 || OwnedDescriptors.isShared(fd);
    }

    /** How many hold it; once closing has begun, never more than that any more. */
    public final int holds() {
        return state & HOLDS;
    }

    /**
     * Takes a descriptor that is shared out of the kqueues, as before close(2): for what has the same effect on the
     * number.
     */
    public final void leaveKQueues() {
        if (isShared()) {
            OpenKQueues.closing(fd());
        }
    }

    // ---- O_NONBLOCK

    /**
     * Sets O_NONBLOCK for good, for a call that has no flag of its own. Another holder of the open file description may
     * take it back, so if there are any the kernel is asked each time. The caller holds the descriptor.
     *
     * @return 0 or -errno
     */
    public final synchronized int setNonBlocking() {
        int known = state & (NON_BLOCKING | NON_BLOCKING_FOR_NOW);
        int result = isShared() ? Fcntl.setNonBlocking(fd(), true) : known != 0 ? 0 : setStatusFlags(Fcntl.O_NONBLOCK);
        if (result >= 0) {
            STATE.getAndBitwiseOr(this, NON_BLOCKING);
            STATE.getAndBitwiseAnd(this, ~NON_BLOCKING_FOR_NOW);
        }
        return Math.min(result, 0);
    }

    /**
     * Sets O_NONBLOCK until {@link #callsWaitNow}. The caller holds the descriptor.
     *
     * @return 0 or -errno
     */
    public final synchronized int setNonBlockingForNow() {
        if (isShared() || (state & NON_BLOCKING) != 0) {
            return setNonBlocking();
        }
        if ((state & NON_BLOCKING_FOR_NOW) != 0) {
            return 0;
        }
        int result = setStatusFlags(Fcntl.O_NONBLOCK);
        if (result >= 0) {
            STATE.getAndBitwiseOr(this, NON_BLOCKING_FOR_NOW);
        }
        return Math.min(result, 0);
    }

    /**
     * Whether a call may trust O_NONBLOCK, which has been set: if so {@link #endTrust} must follow it. There is one
     * such call at a time: the caller has the turn of the direction in which such calls are made.
     */
    public final boolean beginTrust() {
        STATE.getAndBitwiseOr(this, TRUSTED);
        if (isShared()) {
            endTrust();
            return false;
        }
        return true;
    }

    /** Ends what {@link #beginTrust} began, if it did. */
    public final void endTrust() {
        STATE.getAndBitwiseAnd(this, ~TRUSTED);
    }

    /** Notes that O_NONBLOCK is set, and not ours to take back. */
    public final void foundNonBlocking() {
        STATE.getAndBitwiseOr(this, NON_BLOCKING);
    }

    /** Whether a call without a flag may wait, as far as is known: if it does not, it returns EAGAIN. */
    public final boolean callsWait() {
        return (state & NON_BLOCKING) == 0;
    }

    /**
     * Tells what to do when a call that was to wait has returned EAGAIN, and so has found O_NONBLOCK. The caller holds
     * the descriptor.
     *
     * @return true if the flag was set for now, and has been taken back: the call would wait now. False if it has to
     *     stay, so that poll(2) has to wait
     */
    public final boolean callsWaitNow() {
        if ((state & NON_BLOCKING_FOR_NOW) != 0 && SendFlag.SUFFICES && clearNonBlocking()) {
            return true;
        }
        foundNonBlocking();
        return false;
    }

    private synchronized boolean clearNonBlocking() {
        if ((state & NON_BLOCKING_FOR_NOW) == 0 || isShared() || setStatusFlags(0) < 0) {
            return false;
        }
        STATE.getAndBitwiseAnd(this, ~NON_BLOCKING_FOR_NOW);
        return true;
    }

    /** Sets the flags of a socket that no other process has. It has no others, so they need not be read before. */
    private int setStatusFlags(int flags) {
        return Fcntl.fcntl(fd(), Fcntl.F_SETFL, flags);
    }

    /** Whether {@link #close} has been called. */
    public boolean isClosing() {
        return state < 0;
    }

    @Override
    public String toString() {
        int now = state;
        return "descriptor "
                + fd
                + (now < 0 ? ", closing" : "")
                + ((now & SHARED) != 0 ? ", shared" : "")
                + (", held " + (now & HOLDS) + " times");
    }
}
