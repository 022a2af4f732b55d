package dev.kqueue.internal.park;

/**
 * Decides whether a sub-poller looks again or parks, when it has unparked the threads of some events.
 *
 * <p>To look is one epoll_wait(2). To park is an epoll_ctl(2), and for the next event the master's epoll_wait and
 * switches between threads of the system, each with calls of futex(2). While events come fast, a look pays: the threads
 * that were unparked have had their turn before it, and their answers bring the next events. A second look in a row
 * does not: it costs more than it finds. With events that come slowly, each look is a system call in vain. What comes
 * next is taken to be as it was lately: the poller looks unless its last parkings have all been long.
 *
 * <p>Measured by CPU time for a round trip between a client on a platform thread and an echo on a virtual one: with
 * three looks in a row 50 microseconds on two processors, with one 37; on one processor 24.2 and 23.8. The JDK's
 * pollers look once, and took 45 and 21. To repeat it, let a fixed number of round trips run with either {@link #MOST},
 * by turns.
 */
final class Looks {
    /** Looks in a row that find nothing before the thread parks: others have had their turn in between. */
    static final int MOST = 1;

    /** Long parkings in a row, and no event that a look has found, after which the thread parks without a look. */
    static final int PATIENCE = 8;

    /**
     * A parking from here on is long, in nanoseconds. Looks for events that come faster are a hundredth of the time of
     * one carrier at most.
     */
    static final long LONG = 250_000;

    /** Looks until the thread parks. */
    private int left;

    /** Whether the current poll is a look: the thread has not parked before it. */
    private boolean looking;

    private int longParkings;

    /** Whether to look; else the thread parks, and polls once it has been woken. */
    boolean again() {
        looking = left > 0;
        if (looking) {
            left--;
        }
        return looking;
    }

    /** The thread has been parked for so many nanoseconds. */
    void parked(long nanos) {
        longParkings = nanos < LONG ? 0 : Math.min(longParkings + 1, PATIENCE);
    }

    /**
     * A poll is over.
     *
     * @param found whether it has found events
     * @param more whether there may be more than it had room for
     */
    void polled(boolean found, boolean more) {
        if (found) {
            if (looking || more) {
                longParkings = 0;
            }
            left = longParkings < PATIENCE ? MOST : 0;
        }
    }
}
