package dev.kqueue.internal.fd;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The readiness cache of one stream, so that an interest change needs no system call.
 *
 * <p>A stream is registered with the kernel once, with EV_CLEAR, and the kernel reports edges: "has become readable".
 * From then on the stream is readable until a read has emptied it, which the read itself notices: it gets less than it
 * asked for, or EAGAIN. Whatever arrives later is a new edge. The same holds for writing. The end of a stream and an
 * error stay.
 *
 * <h2>Why no edge is lost</h2>
 *
 * A read may empty the stream while a selector takes in an edge, in another thread. Each edge therefore changes the
 * word's counter, and a read forgets the readiness only if the counter is still the one that it saw <em>before</em> the
 * system call ({@link #stamp}):
 *
 * <ul>
 *   <li>The edge was taken in after the stamp: the counter differs, the readiness stays. At worst it is untrue, and the
 *       next read finds EAGAIN.
 *   <li>It was taken in before the stamp, and so before the read: what it announced was there for the read to take.
 *       What came after the read is another edge, still to be taken in, since the kernel reports it to the kqueue after
 *       the read.
 * </ul>
 *
 * <p>A read that got all it asked for, to the byte, cannot tell whether there is more: the stream is {@linkplain
 * #isUnsure unsure}, and a selector asks poll(2) before it reports it, for all such streams at once. So it is after
 * every read once urgent data has come: a read stops short of that (tcp(7)), what follows would be taken for not there,
 * and no edge would announce it.
 */
public class Readiness {
    /** A read would not wait. */
    public static final int READABLE = 1;

    /** A write would not wait. */
    public static final int WRITABLE = 2;

    /** The end of the stream, or an error, was reported: it stays readable. */
    public static final int READ_ENDED = 4;

    /** Nothing can be written any more: it stays writable, for the write to say so. */
    public static final int WRITE_ENDED = 8;

    /**
     * Urgent data has come, or descriptors may come with the bytes: a read stops short of either, and so has not
     * emptied the stream. It stays.
     */
    public static final int URGENT = 16;

    /** The last read filled its buffer exactly: whether more is left is not known. */
    private static final int UNSURE = 32;

    private static final int EDGE = 64;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Readiness.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int state;

    /**
     * Takes in an edge: some of {@link #READABLE}, {@link #WRITABLE}, {@link #READ_ENDED}, {@link #WRITE_ENDED}, {@link
     * #URGENT}.
     */
    public void edge(int bits) {
        while (true) {
            int before = state;
            int after = (before + EDGE) | bits;
            if ((bits & READABLE) != 0) {
                after &= ~UNSURE;
            }
            if (STATE.compareAndSet(this, before, after)) {
                return;
            }
        }
    }

    /** The present state, taken before the system call whose result is then reported with it. */
    public int stamp() {
        return state;
    }

    /**
     * A read got {@code n} bytes (or -EAGAIN) of {@code wanted}; not for the end of the stream, which stays readable.
     */
    public void read(int stamp, long n, long wanted) {
        if (n < wanted && (n <= 0 || (stamp & URGENT) == 0)) {
            forget(stamp, READABLE | UNSURE, READ_ENDED);
        } else if ((stamp & (READABLE | READ_ENDED | UNSURE)) == READABLE) {
            STATE.getAndBitwiseOr(this, UNSURE);
        }
    }

    /**
     * A write took {@code n} bytes (or -EAGAIN) of {@code wanted}. After a complete write the stream still counts as
     * writable.
     */
    public void written(int stamp, long n, long wanted) {
        if (n < wanted) {
            forget(stamp, WRITABLE, WRITE_ENDED);
        }
    }

    /** poll(2) found nothing to read. */
    public void notReadable(int stamp) {
        forget(stamp, READABLE | UNSURE, READ_ENDED);
    }

    /** poll(2) found something to read. */
    public void readable(int stamp) {
        forget(stamp, UNSURE, 0);
    }

    private void forget(int stamp, int bits, int unless) {
        int before = stamp;
        // What may have changed meanwhile is the other direction's bits, which are not our concern, or the counter,
        // which is.
        while ((before & bits) != 0 && (before & unless) == 0 && (before ^ stamp) < EDGE && (before ^ stamp) >= 0) {
            int seen = (int) STATE.compareAndExchange(this, before, before & ~bits);
            if (seen == before) {
                return;
            }
            before = seen;
        }
    }

    /** Whether readability has to be verified before it is reported. */
    public static boolean isUnsure(int stamp) {
        return (stamp & UNSURE) != 0;
    }

    public static boolean isReadable(int stamp) {
        return (stamp & READABLE) != 0;
    }

    public static boolean isWritable(int stamp) {
        return (stamp & WRITABLE) != 0;
    }
}
