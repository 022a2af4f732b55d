package dev.kqueue.nio;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;

/**
 * The two knotes that a descriptor may have, as a set: which of them an interest set needs, which changes lead from one
 * set to another, and which operations their events make ready. Pure functions; a channel says which of its operations
 * each knote stands for.
 */
final class ReadWriteKnotes {
    private ReadWriteKnotes() {}

    /** EVFILT_READ. */
    static final int READ = 1;

    /** EVFILT_WRITE. */
    static final int WRITE = 2;

    /**
     * The knotes that an interest set needs.
     *
     * @param readOps the operations that EVFILT_READ stands for
     * @param writeOps the operations that EVFILT_WRITE stands for
     */
    static int of(int interestOps, int readOps, int writeOps) {
        return ((interestOps & readOps) != 0 ? READ : 0) | ((interestOps & writeOps) != 0 ? WRITE : 0);
    }

    /** Appends the changes that lead from one set to another. */
    static void changes(int descriptor, int from, int to, long udata, KEventList changelist) {
        change(descriptor, Filter.READ, from & READ, to & READ, udata, changelist);
        change(descriptor, Filter.WRITE, from & WRITE, to & WRITE, udata, changelist);
    }

    private static void change(int descriptor, Filter filter, int from, int to, long udata, KEventList changelist) {
        if (from != to) {
            changelist.add(descriptor, filter.value(), to != 0 ? EV_ADD : EV_DELETE, 0, 0, udata);
        }
    }

    /**
     * The operations of interest that an event makes ready: those of its knote. EV_EOF and an error need no look at the
     * flags, since each knote of the descriptor reports them, and the operation then tells the program.
     */
    static int readyOps(KEventList events, int index, int interestOps, int readOps, int writeOps) {
        return interestOps & (events.filter(index) == Filter.READ.value() ? readOps : writeOps);
    }
}
