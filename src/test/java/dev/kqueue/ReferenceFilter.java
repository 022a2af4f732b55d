package dev.kqueue;

import dev.kqueue.ReferenceKQueue.Knote;

import java.util.Random;

/**
 * A filter of the {@link ReferenceKQueue}, with real things that it watches: what is done to them the model is told.
 */
abstract class ReferenceFilter {
    abstract Filter filter();

    /** Chooses one of the things that are there now. */
    abstract long ident(Random random);

    /** Chooses fflags, wrong ones among them. */
    abstract int fflags(Random random);

    long data(Random random) {
        return 0;
    }

    /** Does something to one of the things, and tells the model; says what. */
    abstract String act(Random random, KQueueDriver real, ReferenceKQueue model) throws Exception;

    /** 0 or an errno. */
    abstract int attach(Knote kn);

    /** 0 or an errno. */
    int touch(Knote kn, int flags, int fflags, long data) {
        int error = attach(new Knote(kn.ident, this, flags, fflags, data, 0));
        if (error == 0) {
            kn.fflags = fflags;
            kn.data = data;
        }
        return error;
    }

    /** A change has made the kqueue look at the condition anew. */
    void looked(Knote kn, int flags, ReferenceKQueue model) {}

    /** The knote has been deleted, or delivered. */
    void deleted(Knote kn, ReferenceKQueue model) {}

    /** Whether the knote, if enabled, is reported by a call now that has room for it. */
    abstract boolean must(Knote kn);

    /** Whether it may be reported. */
    abstract boolean may(Knote kn);

    /** Whether the event of another knote may have put this one's off to the next call. */
    boolean isShadowed(Knote kn, KQueueDriver.Event event) {
        return false;
    }

    /** What must have been reported if the kqueue was given time. */
    boolean isOverdue(Knote kn) {
        return must(kn);
    }

    /** Fails if the event does not tell what has happened. */
    abstract void check(Knote kn, KQueueDriver.Event event);

    void delivered(Knote kn, KQueueDriver.Event event, ReferenceKQueue model) {}

    void close() throws Exception {}
}
