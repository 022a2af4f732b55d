package dev.kqueue.internal.linux;

import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLERR;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLHUP;

import dev.kqueue.KEventList;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.thread.StackReserve;

/**
 * Turns what is pending into entries of an eventlist: the one place that knows EV_ONESHOT, EV_CLEAR, EV_DISPATCH and
 * how a level stays reported. Belongs to the kqueue's lock.
 */
@SuppressWarnings("ReferenceEquality") // a knote is equal to itself alone
final class Scan {
    private static final int EV_OOBAND = Abi.HOST.constant("EV_OOBAND");

    private final Core kq;

    Scan(Core kq) {
        this.kq = kq;
    }

    /**
     * Delivers knotes of the {@link ReadyQueue}, each once at most, as long as there is room.
     *
     * @param pass the number of the kevent call: knotes that it has delivered already are passed over
     */
    void queue(KEventList events, int pass) {
        ReadyQueue queue = kq.queue();
        for (int left = queue.size(); left > 0 && events.size() < events.capacity(); left--) {
            // It stays in the queue until it has been delivered, so that nothing that is thrown before can lose it.
            Knote kn = queue.first();
            if (kn.pass == pass) {
                queue.rotate();
                continue;
            }
            DescriptorRegistration descriptor = kn.descriptor();
            if (kn.isPolled()) {
                // What epoll said is a while ago, and epoll will not say it again.
                kn.setReadiness(kq.probe().poll(descriptor.fd, kn.ops().interest()));
            }
            if (!deliver(kn, events, pass)) {
                kn.active = false;
                queue.remove(kn);
                if (kn.isGone()) {
                    kq.drop(kn);
                }
            } else if (descriptor != null) {
                kq.update(descriptor, false);
            }
        }
    }

    /** Delivers what epoll has reported of a descriptor. */
    void harvest(DescriptorRegistration descriptor, int stamp, int bits, KEventList events, int pass) {
        if (!descriptor.isCurrent(stamp)) {
            kq.stale(descriptor);
            return;
        }
        descriptor.fired();
        Knote first = descriptor.writeFirst ? descriptor.write : descriptor.read;
        Knote second = descriptor.writeFirst ? descriptor.read : descriptor.write;
        boolean meant = isMeant(first, bits);
        boolean taken = meant && take(first, descriptor, bits, events, pass);
        boolean ended = meant && first.once();
        if (isMeant(second, bits)) {
            meant = true;
            taken |= take(second, descriptor, bits, events, pass);
            ended |= second.once();
        }
        // epoll must be updated only if the event ended a knote (ONESHOT, DISPATCH), used up an EPOLLONESHOT
        // registration, or toggled quiet. The common case needs neither update nor recount.
        if (taken && !ended && !descriptor.isSpent() && !descriptor.quiet && descriptor.isPolled()) {
            return;
        }
        if (meant) {
            // A level that no knote takes must not be reported again and again; one that is taken may be a level again.
            descriptor.quiet = !taken;
        }
        kq.update(descriptor, false);
    }

    /**
     * Counts what is pending, and delivers nothing: the {@code data} of this kqueue's event in another one. It is
     * FreeBSD's number, that of the queued knotes: one that no longer holds is counted until it is looked at. epoll is
     * asked once, so that at most {@link EpollEvents#MAXIMUM} ready descriptors are counted.
     */
    int pending() {
        EpollEvents buffer = new EpollEvents();
        buffer.ensureCapacity(EpollEvents.MAXIMUM);
        kq.counters().waits++;
        int n = kq.epoll().await(buffer, EpollEvents.MAXIMUM, 0);
        int levels = 0;
        for (int i = 0; i < n; i++) {
            long tag = buffer.tag(i);
            int fd = Epoll.descriptor(tag);
            if (fd >= 0) {
                levels += count(kq.descriptors().find(fd), Epoll.stamp(tag), buffer.bits(i));
            } else {
                kq.hear(fd, tag);
            }
        }
        return levels + kq.queue().size();
    }

    /** The levels that epoll has reported of a descriptor, and will report again. Edges are put into the queue. */
    private int count(DescriptorRegistration descriptor, int stamp, int bits) {
        if (!descriptor.isCurrent(stamp)) {
            kq.stale(descriptor);
            return 0;
        }
        descriptor.fired();
        boolean meant = false;
        boolean taken = false;
        int levels = 0;
        for (Knote kn = descriptor.read != null ? descriptor.read : descriptor.write;
                kn != null;
                kn = kn == descriptor.read ? descriptor.write : null) {
            if (!isMeant(kn, bits)) {
                continue;
            }
            meant = true;
            kn.setReadiness(bits);
            if (!kn.ops().process(kn, false)) {
                continue;
            }
            taken = true;
            if (descriptor.isEdge() || descriptor.isSpent()) {
                kq.activate(kn);
            } else {
                levels++;
            }
        }
        if (meant) {
            descriptor.quiet = !taken;
        }
        kq.update(descriptor, false);
        return levels;
    }

    private static boolean isMeant(Knote kn, int bits) {
        return DescriptorRegistration.isArmed(kn) && (bits & (kn.ops().interest() | EPOLLHUP | EPOLLERR)) != 0;
    }

    private boolean take(Knote kn, DescriptorRegistration descriptor, int bits, KEventList events, int pass) {
        kn.setReadiness(bits);
        // The queue may have delivered it in this call already: once is enough, and the edge is for the next.
        if (events.size() < events.capacity() && kn.pass != pass) {
            return deliver(kn, events, pass);
        }
        if (descriptor.isEdge() || descriptor.isSpent()) {
            // epoll will not report it again.
            kq.activate(kn);
        } else {
            // It will, and both of them: the other one's turn.
            descriptor.writeFirst = kn == descriptor.write;
        }
        return true;
    }

    /** Makes an entry of the knote, if it still has something to report. */
    private boolean deliver(Knote kn, KEventList events, int pass) {
        if (!kn.ops().process(kn, events.isDataWanted())) {
            return false;
        }
        if (kn.has(EV_ONESHOT) && !kn.ops().isSimple()) {
            // Before the event is added: an event that was reported, and whose knote stayed, would be reported again.
            StackReserve.ensure();
        }
        int flags = kn.flags() | (kn.eof ? EV_EOF : 0);
        if ((kn.readiness() & kn.ops().edgeInterest()) != 0) {
            flags |= EV_OOBAND;
        }
        events.add(kn.ident(), kn.filter(), flags, kn.firedFflags(), kn.firedData(), kn.udata);
        // Only now: an event that has been added is handed out, whatever is thrown from here on.
        kq.queue().remove(kn);
        kn.pass = pass;
        kq.counters().events++;
        if (kn.has(EV_ONESHOT)) {
            kq.dropNow(kn);
        } else if (kn.has(EV_CLEAR | EV_DISPATCH)) {
            if (kn.has(EV_CLEAR)) {
                kn.resetFired();
            }
            kn.disabled |= kn.has(EV_DISPATCH);
            kn.active = false;
        } else {
            // A level of the kqueue's own is asked again by the next scan. That of epoll stays in epoll's list.
            kn.active = !kn.isPolled() || kn.descriptor().hasEdges();
            if (kn.active) {
                kq.queue().add(kn);
            }
        }
        return true;
    }
}
