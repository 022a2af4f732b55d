package dev.kqueue.internal.park;

/**
 * Decides whether a sub-poller looks again for events, or waits, and who fetches the events that come meanwhile.
 *
 * <p>A look is one epoll_wait(2), made when the threads that the last events have unparked have had their turn. While
 * events come fast it finds their answers' answers, and no thread of the system has to be woken. Else it is in vain.
 * Then the sub-poller waits, and the master wakes it for the next event: two switches between threads, and the calls
 * that a wait for a kqueue takes. Until the sub-poller gets its turn more events may come, which it fetches together.
 *
 * <p>There are none to fetch together if a single thread waits, or if events come slowly. If {@link #PATIENCE} looks
 * have been in vain, one after another, and either holds, then the sub-poller leaves the events to the master, which
 * unparks their threads itself: that costs less for one event, and more for many. So after {@link #TRIAL} events the
 * sub-poller looks once more by itself.
 */
final class Looks {
    /** Looks in a row that find nothing before the thread parks: others have had their turn in between. */
    static final int MOST = 1;

    /** Looks in vain, one after another, after which the master fetches the events. */
    static final int PATIENCE = 8;

    /** The time from one event to the next that is long, in nanoseconds. */
    static final long LONG = 250_000;

    /** How often the master fetches events before the sub-poller looks by itself again. */
    static final int TRIAL = 64;

    /** Looks until the thread parks. */
    private int left;

    /** Whether the current poll is a look: it comes after others have had their turn. */
    private boolean looking;

    private int inVain;

    /** How many parkings in a row, at most {@link #PATIENCE}, have been long. */
    private int longParkings;

    /** Whether to look; else the thread parks, and polls once it has been woken. */
    boolean again() {
        looking = left > 0;
        if (looking) {
            left--;
        }
        return looking;
    }

    /**
     * Whether the events that come while the thread is parked are to be fetched by the master.
     *
     * @param waiting how many threads wait for events
     */
    boolean areForTheMaster(int waiting) {
        return inVain == PATIENCE && (waiting <= 1 || longParkings == PATIENCE);
    }

    /** The thread has been parked, for so many nanoseconds for each event that has come meanwhile. */
    void parked(long nanos) {
        longParkings = nanos < LONG ? 0 : Math.min(longParkings + 1, PATIENCE);
    }

    /** The poll that follows is a look, though the thread has been parked: the master has fetched events before it. */
    void tryAgain() {
        looking = true;
    }

    /**
     * A poll is over.
     *
     * @param found whether it has found events
     * @param more whether there may be more than it had room for
     */
    void polled(boolean found, boolean more) {
        if (more || (looking && found)) {
            inVain = 0;
        } else if (looking && inVain < PATIENCE) {
            inVain++;
        }
        if (found) {
            left = MOST;
        }
    }
}
