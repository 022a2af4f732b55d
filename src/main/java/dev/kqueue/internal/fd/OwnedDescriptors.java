package dev.kqueue.internal.fd;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The descriptor numbers that channels of this provider own, so that no two channels own the same one and close it
 * twice.
 */
public final class OwnedDescriptors {
    private OwnedDescriptors() {}

    // -- Under the monitor of OWNED.
    private static final BitSet OWNED = new BitSet();

    /** Those whose open file descriptions were passed on by number, past their channels: a subset of the owned. */
    private static final BitSet SHARED = new BitSet();

    /** The ends of pipes that were made here: their calls have to end before the description is passed on. */
    private static final Map<Integer, PipeDescriptor> PIPES = new HashMap<>();

    // -- end

    /** Whether SHARED was ever other than empty: it hardly ever is. */
    private static volatile boolean anyShared;

    /** Notes an owner; false if there is one already. */
    public static boolean add(int fd) {
        synchronized (OWNED) {
            boolean free = !OWNED.get(fd);
            OWNED.set(fd);
            return free;
        }
    }

    /** Notes the owner of the end of a pipe, whose number has been added. */
    static void addPipe(int fd, PipeDescriptor pipe) {
        synchronized (OWNED) {
            PIPES.put(fd, pipe);
        }
    }

    /** Whether there is an owner. */
    public static boolean isOwned(long fd) {
        synchronized (OWNED) {
            return fd >= 0 && fd <= Integer.MAX_VALUE && OWNED.get((int) fd);
        }
    }

    /** To be called before close(2): afterwards the number may have another owner already. */
    public static void remove(int fd) {
        synchronized (OWNED) {
            OWNED.clear(fd);
            SHARED.clear(fd);
            PIPES.remove(fd);
        }
    }

    /**
     * Notes that a number which a channel may own is passed on by number; of others nothing is noted. Afterwards {@link
     * Descriptor#isShared} is true of the channel's descriptor.
     */
    public static void markShared(int fd) {
        PipeDescriptor pipe;
        synchronized (OWNED) {
            if (OWNED.get(fd)) {
                SHARED.set(fd);
                anyShared = true;
            }
            pipe = PIPES.get(fd);
        }
        if (pipe != null) {
            // If it has been closed meanwhile, the mark is of no consequence.
            pipe.markShared();
        }
    }

    /** Whether {@link #markShared} has been called since a channel owns the number. */
    static boolean isShared(int fd) {
        if (!anyShared) {
            return false;
        }
        synchronized (OWNED) {
            return SHARED.get(fd);
        }
    }
}
