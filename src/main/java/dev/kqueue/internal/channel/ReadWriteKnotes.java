package dev.kqueue.internal.channel;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;

/**
 * The two knotes that a descriptor may have, as a set: which of them an interest set needs, which changes lead from one
 * set to another, and which operations their events make ready. Pure functions; a channel says which of its operations
 * each knote stands for.
 *
 * <p>A knote reports a level (again and again while the condition holds) or an edge (EV_CLEAR: when it becomes so). One
 * filter of one descriptor has one knote, of either kind.
 */
public final class ReadWriteKnotes {
    private ReadWriteKnotes() {}

    /** EVFILT_READ, by level. */
    static final int READ = 1;

    /** EVFILT_WRITE, by level. */
    static final int WRITE = 2;

    /** From a level's bit to the edge's. */
    private static final int EDGE_SHIFT = 2;

    /** EVFILT_READ with EV_CLEAR. */
    static final int READ_EDGE = READ << EDGE_SHIFT;

    /** EVFILT_WRITE with EV_CLEAR. */
    static final int WRITE_EDGE = WRITE << EDGE_SHIFT;

    /**
     * The knotes that an interest set needs, by level.
     *
     * @param readOps the operations that EVFILT_READ stands for
     * @param writeOps the operations that EVFILT_WRITE stands for
     */
    static int of(int interestOps, int readOps, int writeOps) {
        return ((interestOps & readOps) != 0 ? READ : 0) | ((interestOps & writeOps) != 0 ? WRITE : 0);
    }

    /** The knotes, of either kind, that events of this filter come from. */
    public static int ofFilter(int filter) {
        return filter == Filter.READ.value() ? READ | READ_EDGE : WRITE | WRITE_EDGE;
    }

    /** The same knotes, by edge. */
    static int edges(int levels) {
        return levels << EDGE_SHIFT;
    }

    /** Appends the changes that lead from one set to another. */
    static void changes(int descriptor, int from, int to, long udata, KEventList changelist) {
        change(descriptor, Filter.READ, from & (READ | READ_EDGE), to & (READ | READ_EDGE), udata, changelist);
        change(descriptor, Filter.WRITE, from & (WRITE | WRITE_EDGE), to & (WRITE | WRITE_EDGE), udata, changelist);
    }

    private static void change(int descriptor, Filter filter, int from, int to, long udata, KEventList changelist) {
        if (from == to) {
            return;
        }
        // Deleted first even if it is to be added anew: NetBSD keeps a knote's old EV_CLEAR when EV_ADD changes it.
        if (from != 0) {
            changelist.add(descriptor, filter.value(), EV_DELETE, 0, 0, udata);
        }
        if (to != 0) {
            int clear = to >> EDGE_SHIFT != 0 ? EV_CLEAR : 0;
            changelist.add(descriptor, filter.value(), EV_ADD | clear, 0, 0, udata);
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
