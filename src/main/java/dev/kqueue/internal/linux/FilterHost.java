package dev.kqueue.internal.linux;

/**
 * What a filter may call of the kqueue that its knotes belong to. {@link Core} implements it; filters, and the classes
 * that watch files, processes, signals and timers for them, know nothing else of the kqueue.
 *
 * <h2>Locks</h2>
 *
 * <ul>
 *   <li>Every method but {@link #signalled} is called with the kqueue's lock held. The callbacks of {@link FilterOps}
 *       hold it, and so does {@link Core#hear}, by which epoll's events reach a filter's own descriptor. No method
 *       waits.
 *   <li>{@link #signalled} takes the lock. It is called from a signal handler's thread, which must hold neither the
 *       lock of a kqueue nor that of {@code SignalDispatch}.
 *   <li>{@code SignalDispatch} has a lock that is taken after the kqueue's lock: {@link FilterOps#attach} and {@link
 *       FilterOps#detach} of EVFILT_SIGNAL do so.
 *   <li>The lock of a nested kqueue is taken after that of the kqueue that watches it, see {@link Nesting}.
 * </ul>
 */
interface FilterHost {
    /** The number in the tag of a pidfd, whose stamp is the process's number: see {@link Epoll#tag}. */
    int PROCESS = -7;

    /** Makes a knote active, as KNOTE_ACTIVATE() of FreeBSD: it is delivered as soon as it may be. */
    void activate(Knote kn);

    /**
     * Ends a knote, as knote_drop() of FreeBSD. Of a descriptor's knote, {@link DescriptorRegistration#update} must
     * follow.
     */
    void drop(Knote kn);

    /** The knotes whose ident is no descriptor. */
    IdTable<ListedKnote> knotes();

    /**
     * Has a descriptor of the filter's own polled by the kqueue's epoll: 0 or an errno.
     *
     * @param events epoll(7) bits
     * @param tag comes back with each event, and says which descriptor it is about: {@link Epoll#tag}
     */
    int poll(int fd, int events, long tag);

    /** Has a descriptor that is polled already looked at anew, as by {@link #poll}: 0 or an errno. */
    int pollAnew(int fd, int events, long tag);

    /** The counters of system calls: the caller counts each call that it makes itself. */
    Counters counters();

    /** Asks the kernel about files. */
    FileProbe probe();

    /** Stands still while a kevent call goes through the events that it has fetched, and only then. */
    long moment();

    /**
     * Notes which system call has refused a change, if errno is not 0, for the message of the failure. Returns errno.
     */
    int refused(Reasons.Call call, Knote kn, int errno);

    /** A system call has failed, and may have left something undone: the next thread to take the lock repairs it. */
    void suspect();

    /** Counts a signal for a knote, and activates it. Called without the lock: see above. */
    void signalled(Knote kn);

    // -- What a kqueue has once for one filter.

    Inotify inotify();

    ProcConnector connector();

    ExitStatus exitStatus();

    /** Timers by the time since some start. */
    TimerQueue timers();

    /** Timers by the time of day. */
    TimerQueue wallTimers();
}
