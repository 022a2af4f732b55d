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
    private final LinuxKQueue kq;
    private final Scan scan;
    private final EpollEvents buffer = new EpollEvents();

    /** The descriptors whose levels have been counted. */
    private final BitSet counted = new BitSet();

    private int levels;
    private boolean complete;

    Pending(LinuxKQueue kq, Scan scan) {
        this.kq = kq;
        this.scan = scan;
    }

    int count() {
        counted.clear();
        levels = 0;
        complete = false;
        kq.mounts().look();
        boolean edges = false;
        for (int n = EpollEvents.MAXIMUM; n == EpollEvents.MAXIMUM && !complete; ) {
            n = ask(kq.epoll());
            for (int i = 0; i < n; i++) {
                long tag = buffer.tag(i);
                int fd = Epoll.descriptor(tag);
                if (fd >= 0) {
                    Descriptor descriptor = kq.descriptors().find(fd);
                    harvest(descriptor, descriptor, i);
                } else if (fd == LinuxKQueue.EDGES) {
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
        return buffer.await(epoll, EpollEvents.MAXIMUM, 0);
    }

    private void harvestEdges() {
        for (int n = EpollEvents.MAXIMUM; n == EpollEvents.MAXIMUM; ) {
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
