package dev.kqueue.nio;

import java.util.BitSet;

/** The numbers of the descriptors that channels of this provider own: two owners would close each other's. */
final class OwnedDescriptors {
    private OwnedDescriptors() {}

    /** Under its own monitor. */
    private static final BitSet OWNED = new BitSet();

    /** Notes an owner; false if there is one already. */
    static boolean add(int fd) {
        synchronized (OWNED) {
            boolean free = !OWNED.get(fd);
            OWNED.set(fd);
            return free;
        }
    }

    /** To be called before close(2): afterwards the number may have another owner already. */
    static void remove(int fd) {
        synchronized (OWNED) {
            OWNED.clear(fd);
        }
    }
}
