package dev.kqueue.internal.linux;

import java.util.Arrays;

/** The descriptors that have, or once had, knotes: found by their number. Belongs to the kqueue's lock. */
final class DescriptorTable {
    private final Core kq;
    private DescriptorRegistration[] descriptors = new DescriptorRegistration[64];

    /** How many descriptors have two knotes that may fire. */
    private int pairs;

    DescriptorTable(Core kq) {
        this.kq = kq;
    }

    /** The descriptor's place, or null if it never had one. */
    DescriptorRegistration find(long ident) {
        return ident >= 0 && ident < descriptors.length ? descriptors[(int) ident] : null;
    }

    /** The descriptor's place, made if need be; ident is an open descriptor, and so not an absurd number. */
    DescriptorRegistration obtain(int fd) {
        if (fd >= descriptors.length) {
            descriptors = Arrays.copyOf(descriptors, Math.max(fd + 1, descriptors.length * 2));
        }
        if (descriptors[fd] == null) {
            descriptors[fd] = new DescriptorRegistration(kq, fd);
        }
        return descriptors[fd];
    }

    boolean hasPairs() {
        return pairs > 0;
    }

    /**
     * Tells epoll again what the knotes of all descriptors want.
     *
     * @param suspect whether something was thrown out of the middle of a change or of a delivery: then any knote may be
     *     missing from the queue, and any edge may be lost. If not, there is a system call only for a descriptor that
     *     epoll has been told something else of
     */
    void update(boolean suspect) {
        int counted = 0;
        for (int i = 0; i < descriptors.length; i++) {
            DescriptorRegistration descriptor = descriptors[i];
            if (descriptor == null) {
                continue;
            }
            if (suspect) {
                kq.recovery().requeue(descriptor.read);
                kq.recovery().requeue(descriptor.write);
                kq.recovery().requeue(descriptor.vnode());
            }
            if (descriptor.isRegistered() || !descriptor.isEmpty()) {
                kq.update(descriptor, suspect && !descriptor.isEmpty());
            }
            descriptor.countedAsPair = descriptor.isPair();
            counted += descriptor.countedAsPair ? 1 : 0;
        }
        pairs = counted;
    }

    /** Counts the descriptor anew, after a change of its knotes. */
    void recount(DescriptorRegistration descriptor) {
        boolean pair = descriptor.isPair();
        if (pair != descriptor.countedAsPair) {
            descriptor.countedAsPair = pair;
            pairs += pair ? 1 : -1;
        }
    }
}
