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

    /** The owned descriptors whose open file descriptions were passed on by number, not by their channels. */
    private static final BitSet SHARED = new BitSet();

    /**
     * The owned descriptors whose calls trust O_NONBLOCK: the calls have to end before the description is passed on by
     * number. The ends of pipes that were made here, and a socket while a file is sent.
     */
    private static final Map<Integer, Descriptor> TRUSTED = new HashMap<>();

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

    /** Notes that calls of a descriptor trust O_NONBLOCK from now on; its number has been added. */
    public static void addTrusted(int fd, Descriptor descriptor) {
        synchronized (OWNED) {
            TRUSTED.put(fd, descriptor);
        }
    }

    /** Undoes {@link #addTrusted}. */
    public static void removeTrusted(int fd) {
        synchronized (OWNED) {
            TRUSTED.remove(fd);
        }
    }

    /** Whether there is an owner. */
    public static boolean isOwned(long fd) {
        synchronized (OWNED) {
            return fd >= 0 && fd <= Integer.MAX_VALUE && OWNED.get((int) fd);
        }
    }

    /** Ends the ownership, before close(2): afterwards the number may have another owner already. */
    public static void remove(int fd) {
        synchronized (OWNED) {
            OWNED.clear(fd);
            SHARED.clear(fd);
            TRUSTED.remove(fd);
        }
    }

    /**
     * Notes that a number which a channel may own is passed on by number; of others nothing is noted. Afterwards {@link
     * Descriptor#isShared} is true of the channel's descriptor.
     */
    public static void markShared(int fd) {
        Descriptor trusted;
        synchronized (OWNED) {
            if (OWNED.get(fd)) {
                SHARED.set(fd);
                anyShared = true;
            }
            trusted = TRUSTED.get(fd);
        }
        if (trusted != null) {
            // If it has been closed meanwhile, the mark is of no consequence.
            trusted.markShared();
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
