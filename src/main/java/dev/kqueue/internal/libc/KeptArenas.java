package dev.kqueue.internal.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The arenas of memory that a call is given by address, inside a structure: an {@code iovec}. Only the arena of an
 * argument is kept open during a call, so segments of these arenas are passed as arguments, too. The call then begins
 * with all of them open and accessible to this thread, or fails with {@link IllegalStateException} or {@link
 * WrongThreadException} before it is made; and {@link Arena#close} fails until it is over.
 *
 * <p>The C function takes no such arguments, and does not notice them. In each calling convention that Java knows for
 * these systems, arguments lie in registers or above the caller's return address in the order they are given, those of
 * the function first, and the caller removes them: the same that makes {@code printf} with too many arguments harmless.
 * Java has no other way to keep an arena open during a call.
 */
public final class KeptArenas {
    /** How many arenas one call keeps at most: a list of buffers is of one or two. */
    public static final int MOST = 32;

    private final MemorySegment[] segments = new MemorySegment[MOST];
    private int count;

    /** Begins anew, with none. */
    public void clear() {
        Arrays.fill(segments, 0, count, null);
        count = 0;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** Adds the arena of a native segment, unless it is among them; false if there are {@link #MOST} others. */
    public boolean add(MemorySegment segment) {
        for (int i = 0; i < count; i++) {
            if (segments[i].scope().equals(segment.scope())) {
                return true;
            }
        }
        if (count == MOST) {
            return false;
        }
        segments[count] = segment;
        count++;
        return true;
    }

    /** The last arguments of {@link CFunction#keptLong}. */
    MemorySegment[] arguments() {
        MemorySegment[] arguments = segments.clone();
        Arrays.fill(arguments, count, MOST, MemorySegment.NULL);
        return arguments;
    }
}
