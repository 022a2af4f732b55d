package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_MOD;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.thread.StackReserve;

import java.io.IOException;

/**
 * The state of one kqueue on Linux, and the operations on it that filters, changes and scans share: to activate or drop
 * a knote, to update a descriptor's registration with epoll, to forget a descriptor. Belongs to the lock of {@link
 * LinuxKQueue}, whose rules for what is thrown hold here.
 */
final class Core implements FilterHost {
    /** The epoll data of our own descriptors: no descriptor has a negative number. */
    private static final int PENDING_SIGNAL = -1;

    private static final int TIMERS = -2;
    private static final int WALL_TIMERS = -3;
    private static final int INOTIFY = -5;
    private static final int CONNECTOR = -6;

    private final LinuxKQueue owner;
    private final Recovery recovery = new Recovery(this);
    private final Counters counters;
    private final Epoll epoll;
    private final PendingSignal pendingSignal;
    private final DescriptorTable descriptors = new DescriptorTable(this);
    private final IdTable<ListedKnote> knotes = new IdTable<>();
    private final ReadyQueue queue = new ReadyQueue();
    private final Scan scan = new Scan(this);
    private final Reasons reasons = new Reasons();

    // -- What only some kqueues need: null until it is first asked for.
    private FileProbe probe;
    private TimerQueue timers;
    private TimerQueue wallTimers;
    private Inotify inotify;
    private ProcConnector connector;
    private ExitStatus exitStatus;

    /** Numbers the kevent calls that look for events. */
    private int passes;

    /** The last scan found the eventlist filled by the queue alone: epoll goes first in the next. */
    private boolean epollFirst;

    Core(LinuxKQueue owner, Counters counters, Epoll epoll) {
        this.owner = owner;
        this.counters = counters;
        this.epoll = epoll;
        this.pendingSignal = new PendingSignal(epoll, counters, Epoll.tag(PENDING_SIGNAL, 0));
    }

    /** Closes all again if it fails. */
    void openDescriptors() throws IOException {
        boolean complete = false;
        try {
            int error = epoll.open();
            if (error != 0) {
                throw Errno.exception(error, "epoll_create1");
            }
            pendingSignal.open();
            complete = true;
        } finally {
            if (!complete) {
                pendingSignal.close();
                epoll.close();
            }
        }
    }

    /** For what needs the lock to be taken. */
    LinuxKQueue owner() {
        return owner;
    }

    void armTimers() {
        if (timers != null) {
            recovery.retryAfter(timers.arm());
        }
        if (wallTimers != null) {
            recovery.retryAfter(wallTimers.arm());
        }
    }

    /** Whether a timerfd could not be set to the next deadline. */
    boolean isTimerUnset() {
        return (timers != null && timers.isUnset()) || (wallTimers != null && wallTimers.isUnset());
    }

    /** Expires the timers whose time has come: their timerfds may not have been set. */
    void expireTimers() {
        if (timers != null) {
            timers.expire();
        }
        if (wallTimers != null) {
            wallTimers.expire();
        }
    }

    /** After something was thrown: {@link TimerQueue#restore}. */
    void restoreTimers() {
        if (timers != null) {
            timers.restore();
        }
        if (wallTimers != null) {
            wallTimers.restore();
        }
    }

    /** Reads the events of files and processes that the kernel has queued by now. */
    void readQueues() {
        if (inotify != null) {
            inotify.read();
        }
        if (connector != null) {
            connector.read();
        }
    }

    /** After something was thrown: what was read and not handled is handled. */
    void restoreQueues() {
        if (inotify != null) {
            inotify.restore();
        }
        if (connector != null) {
            connector.restore();
        }
    }

    /** Closes the descriptors of timers, files and processes. */
    void closeQueues() {
        if (timers != null) {
            timers.close();
        }
        if (wallTimers != null) {
            wallTimers.close();
        }
        if (inotify != null) {
            inotify.close();
        }
        if (connector != null) {
            connector.close();
        }
    }

    /** What epoll says of a descriptor of our own: knotes become active by it. */
    void hear(int which, long tag) {
        switch (which) {
            case PENDING_SIGNAL -> pendingSignal.heard();
            case TIMERS -> timers.expire();
            case WALL_TIMERS -> wallTimers.expire();
            case INOTIFY -> inotify.read();
            case CONNECTOR -> connector.read();
            case PROCESS -> ProcFilter.exited(this, Epoll.stamp(tag));
            default -> throw new AssertionError(which);
        }
    }

    @Override
    public Counters counters() {
        return counters;
    }

    /** A kevent call begins to look for events: its number. */
    int nextPass() {
        return ++passes;
    }

    @Override
    public long moment() {
        return passes + counters.waits;
    }

    Epoll epoll() {
        return epoll;
    }

    Scan scan() {
        return scan;
    }

    /** The last round found the eventlist filled by the queue alone: the next one begins with epoll. */
    void setEpollFirst() {
        epollFirst = true;
    }

    boolean takeEpollFirst() {
        boolean first = epollFirst;
        epollFirst = false;
        return first;
    }

    DescriptorTable descriptors() {
        return descriptors;
    }

    @Override
    public IdTable<ListedKnote> knotes() {
        return knotes;
    }

    Recovery recovery() {
        return recovery;
    }

    PendingSignal pendingSignal() {
        return pendingSignal;
    }

    ReadyQueue queue() {
        return queue;
    }

    @Override
    public FileProbe probe() {
        if (probe == null) {
            probe = new FileProbe(counters);
        }
        return probe;
    }

    @Override
    public Inotify inotify() {
        if (inotify == null) {
            inotify = new Inotify(this, Epoll.tag(INOTIFY, 0));
        }
        return inotify;
    }

    @Override
    public ProcConnector connector() {
        if (connector == null) {
            connector = new ProcConnector(this, Epoll.tag(CONNECTOR, 0));
        }
        return connector;
    }

    @Override
    public ExitStatus exitStatus() {
        if (exitStatus == null) {
            exitStatus = new ExitStatus(counters);
        }
        return exitStatus;
    }

    Reasons reasons() {
        return reasons;
    }

    @Override
    public TimerQueue timers() {
        if (timers == null) {
            timers = new TimerQueue(this, false, Epoll.tag(TIMERS, 0));
        }
        return timers;
    }

    @Override
    public TimerQueue wallTimers() {
        if (wallTimers == null) {
            wallTimers = new TimerQueue(this, true, Epoll.tag(WALL_TIMERS, 0));
        }
        return wallTimers;
    }

    @Override
    public int poll(int fd, int events, long tag) {
        return epoll.control(EPOLL_CTL_ADD, fd, events, tag);
    }

    @Override
    public int pollAnew(int fd, int events, long tag) {
        return epoll.control(EPOLL_CTL_MOD, fd, events, tag);
    }

    @Override
    public int refused(Reasons.Call call, Knote kn, int errno) {
        return reasons.refused(call, kn, errno);
    }

    @Override
    public void suspect() {
        recovery.suspect();
    }

    @Override
    public void signalled(Knote kn) {
        owner.signalled(kn);
    }

    boolean isDescriptor(int fd) {
        return Fcntl.fcntl(fd, Fcntl.F_GETFD, 0) >= 0;
    }

    @Override
    public void activate(Knote kn) {
        kn.active = true;
        if (!kn.disabled && !kn.queued) {
            queue.add(kn);
        }
    }

    /**
     * Tells epoll what the descriptor's knotes want.
     *
     * @param look as {@link DescriptorRegistration#update}
     */
    void update(DescriptorRegistration descriptor, boolean look) {
        int error = descriptor.update(look);
        if (isOfAnotherFile(error)) {
            // The descriptor was closed without beforeClose.
            forget(descriptor);
        } else {
            recovery.retryAfter(error);
        }
        descriptors.recount(descriptor);
    }

    /**
     * Whether the errno says that the number is no descriptor, or by now one that cannot be watched so. All others (a
     * lack of memory, a file system that does not answer) may be over soon, and no knote is lost by them.
     */
    private static boolean isOfAnotherFile(int error) {
        return Registration.isGone(error) || error == Errno.EINVAL || error == Errno.ELOOP;
    }

    @Override
    public void drop(Knote kn) {
        if (!kn.ops().isSimple()) {
            StackReserve.ensure();
        }
        dropNow(kn);
    }

    /** As {@link #drop}, for a caller that has made sure that there is stack left. */
    void dropNow(Knote kn) {
        if (kn.ops().isSimple()) {
            queue.remove(kn);
            // Whatever is thrown before it is out of the tables: it can be dropped once more.
            kn.ops().detach(kn);
            unlink(kn);
        } else {
            queue.remove(kn);
            // Out of the tables first: nothing may detach it twice.
            unlink(kn);
            kn.ops().detach(kn);
        }
    }

    private void unlink(Knote kn) {
        if (!(kn instanceof ListedKnote listed)) {
            kn.descriptor().setKnote(kn.filter(), null);
        } else if (!listed.unlisted) {
            knotes.remove(listed);
        }
    }

    /** Ends all knotes of a descriptor that is closed, or about to be. */
    void forget(DescriptorRegistration descriptor) {
        if (descriptor.read != null) {
            drop(descriptor.read);
        }
        if (descriptor.write != null) {
            drop(descriptor.write);
        }
        if (descriptor.vnode() != null) {
            drop(descriptor.vnode());
        }
        descriptor.forget();
        descriptors.recount(descriptor);
    }

    /**
     * An event of a registration that has changed since. If the descriptor was forgotten, its closing is still to come,
     * and a level would be reported until then: it is taken out.
     */
    void stale(DescriptorRegistration by) {
        if (!by.isPresent()) {
            by.takeOut();
        }
    }
}
