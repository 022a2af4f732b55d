package dev.kqueue.internal.linux;

/**
 * The threads that are in epoll_wait. Belongs to the kqueue's lock.
 *
 * <p>A thread counts itself in by {@link #enter}, and out by writes of {@link #count} and {@link #limited}: a call
 * could throw a StackOverflowError, and leave the thread counted.
 */
final class Waiters {
    /** Stands for a thread that does not wait. */
    static final int NONE = -1;

    /** What {@link #enter} returns to a thread that waits without limit. */
    private static final int UNLIMITED = 0;

    int count;

    /** The number of threads that come back within {@link #limit}: those that were given {@link #round}. */
    int limited;

    /** Numbers the times at which the limit became shorter, which threads that were waiting do not know. */
    int round = UNLIMITED + 1;

    private long limit = Long.MAX_VALUE;

    /**
     * Counts the calling thread in.
     *
     * @param nanos the limit of its wait, negative for none
     * @return what is to be compared with {@link #round} when it is back
     */
    int enter(long nanos) {
        if (nanos >= 0) {
            limitTo(nanos);
            count++;
            limited++;
            return round;
        }
        count++;
        return UNLIMITED;
    }

    /** A system call is to be made again after that time. Whether one of the threads is back by then. */
    boolean isOneBackWithin(long nanos) {
        limitTo(nanos);
        return limited > 0;
    }

    private void limitTo(long nanos) {
        if (nanos < limit) {
            limited = 0;
            round++;
        }
        limit = nanos;
    }
}
