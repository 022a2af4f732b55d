package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.KQueueStatistics;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysEpoll;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/**
 * kqueue(2) on Linux, over epoll(7) and its relatives; shaped like the kernels' own.
 *
 * <pre>
 *   changelist --> {@link Changes} --> {@link Knote}, {@link FilterOps} --> {@link Registration}: epoll_ctl
 *   epoll_wait --> {@link Scan} --> eventlist        {@link ReadyQueue}: what epoll knows nothing of; {@link Bell}
 * </pre>
 *
 * <p>One lock for each kqueue owns everything here and in the objects behind it. It is never held while a thread waits:
 * a thread gives it up for an epoll_wait that may last, takes it again, and holds what epoll has said against the state
 * of now (see {@link Registration}). So any number of threads may wait, and changes of others take effect meanwhile.
 *
 * <p>The descriptors (epoll, eventfd, timerfd) are closed by the last thread to come back from epoll_wait, so that no
 * number of ours reaches a system call after it has been closed.
 */
public final class LinuxKQueue extends KQueue {
    /** What epoll says of our own descriptors: no descriptor has a negative number. */
    private static final int BELL = -1;

    private static final int TIMERS = -2;
    private static final int WALL_TIMERS = -3;
    static final int EDGES = -4;
    private static final int INOTIFY = -5;
    private static final int CONNECTOR = -6;
    private static final int MOUNTS = -8;

    /** A process that is watched; the stamp is its number. */
    static final int PROCESS = -7;

    private final BriefLock lock = new BriefLock();
    private final Counters counters;
    private final Epoll epoll;
    private final Bell bell;

    // -- All below belongs to the lock, but for open and descriptor, which may be read without it.

    private final DescriptorTable descriptors = new DescriptorTable(this);
    private final IdTable<ListedKnote> knotes = new IdTable<>();
    private final ReadyQueue queue = new ReadyQueue();
    private final Changes changes = new Changes(this);
    private final Scan scan = new Scan(this);
    private final Inspector inspector;
    private final TimerQueue timers = new TimerQueue(this, false, Epoll.tag(TIMERS, 0));
    private final TimerQueue wallTimers = new TimerQueue(this, true, Epoll.tag(WALL_TIMERS, 0));

    private final Inotify inotify = new Inotify(this, Epoll.tag(INOTIFY, 0));

    private final MountTable mounts = new MountTable(this, Epoll.tag(MOUNTS, 0));
    private final Pending pending = new Pending(this, scan);

    private final ProcConnector connector = new ProcConnector(this, Epoll.tag(CONNECTOR, 0));
    private final ExitStatus exitStatus;
    private final Reasons reasons = new Reasons();

    /** Holds the registrations of edges beside a level, and is watched by {@link #epoll}; null until needed. */
    private Epoll edges;

    /** Unused ones. */
    private EpollEvents buffers;

    /** Threads in epoll_wait. */
    private int waiters;

    /** Numbers the kevent calls that look for events. */
    private int passes;

    /** The last scan found the eventlist filled by the queue alone: epoll goes first in the next. */
    private boolean epollFirst;

    private volatile boolean open = true;

    private LinuxKQueue(Counters counters, Epoll epoll, Bell bell) {
        this.counters = counters;
        this.inspector = new Inspector(counters);
        this.exitStatus = new ExitStatus(counters);
        this.epoll = epoll;
        this.bell = bell;
    }

    /** Opens a kqueue: two descriptors, and a third and fourth with the first timer of either clock. */
    public static LinuxKQueue open() throws IOException {
        Counters counters = new Counters();
        Epoll epoll = Epoll.open(counters);
        try {
            return new LinuxKQueue(counters, epoll, Bell.open(epoll, counters, Epoll.tag(BELL, 0)));
        } catch (IOException e) {
            epoll.close();
            throw e;
        }
    }

    @Override
    public int kevent(KEventList changelist, KEventList events, long timeoutNanos) throws IOException {
        if (changelist != null && changelist == events) {
            throw new IllegalArgumentException("one list as changelist and as eventlist");
        }
        lock.lock();
        try {
            if (!open) {
                throw new ClosedChannelException();
            }
            counters.calls++;
            int nchanges = changelist == null ? 0 : changelist.size();
            if (events != null) {
                events.clear();
                events.ensureCapacity(nchanges);
            }
            if (nchanges > 0) {
                changes.apply(changelist, events);
            }
            if (events == null || events.size() > 0) {
                return events == null ? 0 : events.size();
            }
            return await(events, timeoutNanos);
        } finally {
            unlock();
        }
    }

    /** Every way out of the lock: what has changed meanwhile reaches the timerfds and the bell. */
    private void unlock() {
        if (open) {
            settle();
        }
        lock.unlock();
    }

    private void settle() {
        armTimers();
        bell.settle(!queue.isEmpty(), waiters > 0);
    }

    private void armTimers() {
        timers.arm();
        wallTimers.arm();
    }

    private int await(KEventList events, long timeoutNanos) throws IOException {
        int pass = ++passes;
        long start = timeoutNanos > 0 ? System.nanoTime() : 0;
        long left = Math.max(timeoutNanos, FOREVER);
        if (bell.isLevel()) {
            // A look from outside at the kqueue's descriptor may have used up what tells of a change.
            mounts.look();
        }
        if (!queue.isEmpty()) {
            // What has happened by now belongs into the events that are about to be made. And files that are gone take
            // their knotes along, before another file is taken for one of them.
            inotify.read();
            connector.read();
        }
        EpollEvents buffer = takeBuffer();
        try {
            while (true) {
                if (!epollFirst) {
                    scan.queue(events, pass);
                }
                int room = events.capacity() - events.size();
                if (room == 0) {
                    epollFirst = true;
                    return events.size();
                }
                // An event of epoll makes up to two of ours: what there is no room for would starve, or cost a look.
                int max = Math.min(EpollEvents.MAXIMUM, descriptors.hasPairs() ? Math.max(1, room / 2) : room);
                int n = await(buffer, max, epollFirst || events.size() > 0 ? 0 : left);
                boolean queueFirst = !epollFirst;
                epollFirst = false;
                for (int i = 0; i < n; i++) {
                    harvest(buffer.tag(i), buffer.bits(i), events, pass);
                }
                scan.queue(events, pass);
                if (events.size() > 0) {
                    return events.size();
                }
                if (timeoutNanos == 0 && n < max) {
                    // What epoll had was for nobody, and there was room for more.
                    return 0;
                }
                if (timeoutNanos > 0) {
                    left = Math.max(0, timeoutNanos - (System.nanoTime() - start));
                    if (left == 0 && n == 0 && queueFirst) {
                        return 0;
                    }
                }
            }
        } finally {
            buffer.next = buffers;
            buffers = buffer;
        }
    }

    /** Waits without the lock. The number of events; 0 also after a signal. */
    private int await(EpollEvents buffer, int max, long nanos) throws IOException {
        buffer.ensureCapacity(max);
        if (nanos == 0) {
            return poll(buffer, max);
        }
        settle();
        waiters++;
        counters.waits++;
        lock.unlock();
        int n;
        try {
            n = buffer.await(epoll, max, nanos);
        } finally {
            lock.lock();
            waiters--;
        }
        if (!open) {
            if (waiters == 0) {
                release();
            }
            throw new ClosedChannelException();
        }
        if (n < 0 && n != -Errno.EINTR) {
            throw Errno.exception(-n, "epoll_wait");
        }
        return Math.max(0, n);
    }

    /** Does not wait, and so keeps the lock: to give it up and take it again costs half of what the call does. */
    private int poll(EpollEvents buffer, int max) throws IOException {
        armTimers();
        counters.waits++;
        int n = buffer.await(epoll, max, 0);
        if (n < 0 && n != -Errno.EINTR) {
            throw Errno.exception(-n, "epoll_wait");
        }
        return Math.max(0, n);
    }

    private void harvest(long tag, int bits, KEventList events, int pass) throws IOException {
        int fd = Epoll.descriptor(tag);
        if (fd >= 0) {
            Descriptor descriptor = descriptors.find(fd);
            scan.harvest(descriptor, descriptor, Epoll.stamp(tag), bits, events, pass);
        } else if (fd == EDGES) {
            harvestEdges(events, pass);
        } else {
            hear(fd, tag);
        }
    }

    /** What epoll says of a descriptor of our own: knotes become active by it. */
    void hear(int which, long tag) {
        switch (which) {
            case BELL -> bell.heard();
            case TIMERS -> timers.expire();
            case WALL_TIMERS -> wallTimers.expire();
            case INOTIFY -> inotify.read();
            case CONNECTOR -> connector.read();
            case MOUNTS -> mounts.look();
            case PROCESS -> ProcFilter.exited(this, Epoll.stamp(tag));
            default -> throw new AssertionError(which);
        }
    }

    /** How many events are pending; for the kqueue that watches this one. */
    int pending() {
        lock.lock();
        try {
            return open ? pending.count() : 0;
        } finally {
            unlock();
        }
    }

    private void harvestEdges(KEventList events, int pass) throws IOException {
        int room = events.capacity() - events.size();
        if (room == 0) {
            return;
        }
        EpollEvents buffer = takeBuffer();
        buffer.ensureCapacity(room);
        counters.waits++;
        int n = buffer.await(edges, room, 0);
        for (int i = 0; i < n; i++) {
            Descriptor descriptor = descriptors.find(Epoll.descriptor(buffer.tag(i)));
            scan.harvest(descriptor, descriptor.edges(), Epoll.stamp(buffer.tag(i)), buffer.bits(i), events, pass);
        }
        buffer.next = buffers;
        buffers = buffer;
        if (n < 0) {
            throw Errno.exception(-n, "epoll_wait");
        }
    }

    private EpollEvents takeBuffer() {
        EpollEvents buffer = buffers;
        if (buffer == null) {
            return new EpollEvents();
        }
        buffers = buffer.next;
        return buffer;
    }

    // -- For filters, changes and scan: with the lock held.

    Counters counters() {
        return counters;
    }

    /** Stands still as long as a kevent call goes through events that it has fetched, and only then. */
    long moment() {
        return passes + counters.waits;
    }

    Epoll epoll() {
        return epoll;
    }

    /** The epoll instance for edges; null before {@link #openEdges}. */
    Epoll edges() {
        return edges;
    }

    /** Opens the epoll instance for edges if it is not: 0 or an errno. */
    int openEdges() {
        if (edges != null) {
            return 0;
        }
        int fd = SysEpoll.epollCreate1();
        if (fd < 0) {
            return -fd;
        }
        Epoll opened = new Epoll(fd, counters);
        int error = epoll.control(EPOLL_CTL_ADD, fd, EPOLLIN, Epoll.tag(EDGES, 0));
        if (error != 0) {
            opened.close();
            return error;
        }
        edges = opened;
        return 0;
    }

    DescriptorTable descriptors() {
        return descriptors;
    }

    IdTable<ListedKnote> knotes() {
        return knotes;
    }

    ReadyQueue queue() {
        return queue;
    }

    Inspector inspector() {
        return inspector;
    }

    Inotify inotify() {
        return inotify;
    }

    MountTable mounts() {
        return mounts;
    }

    ProcConnector connector() {
        return connector;
    }

    ExitStatus exitStatus() {
        return exitStatus;
    }

    Reasons reasons() {
        return reasons;
    }

    TimerQueue timers() {
        return timers;
    }

    TimerQueue wallTimers() {
        return wallTimers;
    }

    boolean isDescriptor(int fd) {
        return Fcntl.fcntl(fd, Fcntl.F_GETFD, 0) >= 0;
    }

    /** The knote has something to report: it is delivered as soon as it may be. */
    void activate(Knote kn) {
        kn.active = true;
        if (!kn.disabled && !kn.queued) {
            queue.add(kn);
        }
    }

    /** A signal has come, to be counted by the knote: called without the lock. */
    void signalled(Knote kn) {
        lock.lock();
        try {
            // The knote may have been detached since the handler has seen it.
            if (open && kn.hook() != null) {
                kn.addFired(0, 1);
                activate(kn);
            }
        } finally {
            unlock();
        }
    }

    /** Ends a knote. Of a descriptor's knote, {@link Descriptor#update} must follow. */
    void drop(Knote kn) {
        queue.remove(kn);
        kn.ops().detach(kn);
        switch (kn) {
            case ListedKnote listed when listed.unlisted -> {}
            case ListedKnote listed -> knotes.remove(listed);
            default -> kn.descriptor().setKnote(kn.filter(), null);
        }
    }

    /** Ends all knotes of a descriptor that is closed, or about to be. */
    void forget(Descriptor descriptor) {
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
     * An event that nobody waits for any more. If the descriptor was forgotten, its closing is still to come, and a
     * level would be reported until then: it is taken out.
     */
    void stale(Registration by) {
        if (!by.isPresent()) {
            by.takeOut();
        }
    }

    // -- Public.

    @Override
    public void closing(int descriptor, boolean shared) {
        super.closing(descriptor, shared);
        lock.lock();
        try {
            Descriptor known = open ? descriptors.find(descriptor) : null;
            if (known != null) {
                if (shared) {
                    known.takeOutOfBoth();
                }
                forget(known);
            }
        } finally {
            unlock();
        }
    }

    @Override
    public String reason(Filter filter, long ident, int errno) {
        String reason = reasons.of(filter, ident, errno);
        String name = super.reason(filter, ident, errno);
        return reason == null ? name : name + ": " + reason;
    }

    @Override
    public boolean supports(Filter filter) {
        return Filters.has(filter);
    }

    @Override
    public int descriptor() {
        lock.lock();
        try {
            if (open) {
                bell.watch();
                Nesting.known(this, epoll.fd);
            }
        } finally {
            unlock();
        }
        return epoll.fd;
    }

    @Override
    public KQueueStatistics statistics() {
        lock.lock();
        try {
            return counters.snapshot();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (open) {
                open = false;
                if (waiters == 0) {
                    release();
                } else {
                    bell.ringForAll();
                }
            }
        } finally {
            lock.unlock();
        }
        forgetObjects();
    }

    /** Nobody waits any more, and nobody will. */
    private void release() {
        for (Knote kn : knotes.toArray(new ListedKnote[knotes.size()])) {
            drop(kn);
        }
        timers.close();
        wallTimers.close();
        inotify.close();
        mounts.close();
        bell.close();
        if (edges != null) {
            edges.close();
        }
        Nesting.forget(this, epoll.fd);
        epoll.close();
    }

    @Override
    public String toString() {
        return "kqueue over epoll(7)";
    }
}
