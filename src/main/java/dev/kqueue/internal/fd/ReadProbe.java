package dev.kqueue.internal.fd;

import dev.kqueue.internal.libc.Poll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Asks poll(2) of many streams at once whether there is something to read, and notes it in their {@link Readiness}.
 * Owned by the thread that holds the selector's monitor, whose keys hold the descriptors meanwhile.
 */
public final class ReadProbe {
    private MemorySegment fds = MemorySegment.NULL;
    private Readiness[] asked = new Readiness[0];
    private int[] stamps = new int[0];
    private int size;

    public boolean isEmpty() {
        return size == 0;
    }

    /** Puts a stream on the list; the stamp is what its readiness was when it was found to be unsure. */
    public void add(int descriptor, Readiness readiness, int stamp) {
        if (size == asked.length) {
            int grown = Math.max(16, size * 2);
            asked = Arrays.copyOf(asked, grown);
            stamps = Arrays.copyOf(stamps, grown);
            MemorySegment larger = Arena.ofAuto().allocate((long) grown * Poll.SIZE, 8);
            MemorySegment.copy(fds, 0, larger, 0, (long) size * Poll.SIZE);
            fds = larger;
        }
        Poll.set(fds, size, descriptor, Poll.POLLIN);
        asked[size] = readiness;
        stamps[size++] = stamp;
    }

    /**
     * Asks for all streams of the list, notes the answers, and empties the list.
     *
     * @return false if poll(2) failed, with EINTR or ENOMEM: the streams stay unsure then
     */
    public boolean run() {
        boolean answered = Poll.poll(fds, size, 0) >= 0;
        for (int i = 0; i < size; i++) {
            if (answered && Poll.revents(fds, i) == 0) {
                asked[i].notReadable(stamps[i]);
            } else if (answered) {
                asked[i].readable(stamps[i]);
            }
            asked[i] = null;
        }
        size = 0;
        return answered;
    }
}
