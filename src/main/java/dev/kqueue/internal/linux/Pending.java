package dev.kqueue.internal.linux;

import java.util.BitSet;

/**
 * Counts what a kqueue has pending, and takes nothing: the {@code data} of its event in another kqueue. Belongs to the
 * kqueue's lock.
 *
 * <p>epoll gives edges away once; those go to the {@link ReadyQueue}, as they do when an eventlist has no room. Levels
 * it goes on reporting, in turn, so that the first descriptor that comes again ends the count.
 */
final class Pending {
    /**
     * How many full buffers the count takes from epoll: of 65,536 descriptors. More of them, or events that come as
     * fast as they are fetched, make the count too small, and do not keep the locks of both kqueues.
     */
    private static final int LOOKS = 64;

    private final Core kq;
    private final Scan scan;
    private final EpollEvents buffer = new EpollEvents();

    /** The descriptors whose levels have been counted. */
    private final BitSet counted = new BitSet();

    private int levels;
    private boolean complete;

    Pending(Core kq, Scan scan) {
        this.kq = kq;
        this.scan = scan;
    }

    int count() {
        counted.clear();
        levels = 0;
        complete = false;
        boolean edges = false;
        int n = EpollEvents.MAXIMUM;
        for (int look = 0; look < LOOKS && n == EpollEvents.MAXIMUM && !complete; look++) {
            n = ask(kq.epoll());
            for (int i = 0; i < n; i++) {
                long tag = buffer.tag(i);
                int fd = Epoll.descriptor(tag);
                if (fd >= 0) {
                    Descriptor descriptor = kq.descriptors().find(fd);
                    harvest(descriptor, descriptor, i);
                } else if (fd == Core.EDGES) {
                    edges = true;
                } else {
                    kq.hear(fd, tag);
                }
            }
        }
        if (edges) {
            harvestEdges();
        }
        return levels + queued();
    }

    private int ask(Epoll epoll) {
        buffer.ensureCapacity(EpollEvents.MAXIMUM);
        kq.counters().waits++;
        return epoll.await(buffer, EpollEvents.MAXIMUM, 0);
    }

    private void harvestEdges() {
        int n = EpollEvents.MAXIMUM;
        for (int look = 0; look < LOOKS && n == EpollEvents.MAXIMUM; look++) {
            n = ask(kq.edges());
            for (int i = 0; i < n; i++) {
                Descriptor descriptor = kq.descriptors().find(Epoll.descriptor(buffer.tag(i)));
                harvest(descriptor, descriptor.edges(), i);
            }
        }
    }

    private void harvest(Descriptor descriptor, Registration by, int index) {
        if (!by.isEdge()) {
            complete |= counted.get(descriptor.fd);
            if (complete) {
                return;
            }
            counted.set(descriptor.fd);
        }
        levels += scan.count(descriptor, by, Epoll.stamp(buffer.tag(index)), buffer.bits(index));
    }

    private int queued() {
        int count = 0;
        for (Knote kn = kq.queue().first(); kn != null; kn = kn.next) {
            if (kn.isPolled()) {
                kn.setReadiness(kq.inspector().poll(kn.descriptor().fd, kn.ops().interest()));
            }
            count += kn.ops().process(kn, false) ? 1 : 0;
        }
        return count;
    }
}
