package dev.kqueue.internal.linux;

/**
 * The four callbacks of a filter, after the filterops of the BSD kernels. A filter knows what it watches and what has
 * happened there. It knows nothing of EV_ONESHOT, EV_CLEAR, EV_DISPATCH, EV_DISABLE or EV_RECEIPT: {@link Changes} and
 * {@link Scan} do all that, once, for every filter.
 *
 * <h2>The contract</h2>
 *
 * <ul>
 *   <li>Every callback is called with the kqueue's lock held, and so never twice at once for one kqueue. It must not
 *       wait, and must not call {@link LinuxKQueue#kevent}.
 *   <li>A knote lives from an {@link #attach} that returns 0 to its {@link #detach}; the other callbacks come in
 *       between only. {@code detach} is the last and comes exactly once, but for a descriptor's knote whose descriptor
 *       has been closed: that one is only forgotten (see {@link DescriptorRegistration#forget}).
 *   <li>A filter reaches its kqueue through {@link FilterHost} alone ({@link Knote#kq}). It reports by {@link
 *       FilterHost#activate}, from any callback or, with the lock taken, from outside. What has happened it keeps in
 *       the knote, by {@link Knote#setFired} or {@link Knote#addFired}; the scan resets that for EV_CLEAR. What the
 *       program asked for stays there as well, by {@link Knote#request}.
 *   <li>{@link #attach} and {@link #touch} return 0 or an errno, which becomes the change's EV_ERROR entry. After an
 *       error the knote is as it was before, or not there.
 * </ul>
 *
 * <p>To add a filter: a class with these four, and a row in {@link Filters}.
 */
interface FilterOps {
    /** Whether ident is a descriptor, whose closing removes the knote. */
    boolean isDescriptor();

    /**
     * Begins to watch. The knote has its ident, its flags and what the program requests; for a descriptor's filter
     * {@code descriptor} too, and {@link #interest} says what it wants of epoll, once for all filters of the descriptor
     * after the last change.
     */
    int attach(Knote kn);

    /** Ends to watch. The knote may be active and queued: the caller takes it off the queue. */
    void detach(Knote kn);

    /**
     * EV_ADD, or EV_ENABLE and the like, for a knote that is there. The flags of the first EV_ADD stay, as on FreeBSD.
     *
     * @param flags the change's own, EV_ADD among them or not
     */
    int touch(Knote kn, int flags, int fflags, long data);

    /**
     * Whether there is something to report, now: called after attach and touch, and as the last look before an event is
     * delivered. Tells what has fired, and {@code eof}, if so.
     *
     * @param dataWanted whether the event's data will be read: if not, a filter makes no system calls for it
     */
    boolean process(Knote kn, boolean dataWanted);

    /**
     * Whether attach and detach do no more than change fields, and detach may be called twice. Others are not begun
     * without stack for all their steps.
     */
    default boolean isSimple() {
        return false;
    }

    /**
     * Bits that go with the interest of a knote of edges. A level of them would be reported without end, as no read or
     * write of the ordinary kind ends it.
     */
    default int edgeInterest() {
        return 0;
    }

    /**
     * Whether the ident is still what it was when the knote was attached: asked before a change of the knote, and false
     * if the descriptor has been closed behind the kqueue's back. epoll reports that for the knotes that it serves.
     */
    default boolean isCurrent(Knote kn) {
        return true;
    }

    /** The epoll(7) bits that the filter waits for; 0 for a filter that epoll does not serve. */
    default int interest() {
        return 0;
    }
}
