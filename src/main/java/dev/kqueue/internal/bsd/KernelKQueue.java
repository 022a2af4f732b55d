package dev.kqueue.internal.bsd;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Quirk;
import dev.kqueue.internal.backend.Counts;
import dev.kqueue.internal.backend.KQueueBackend;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * The kqueue of the kernel: one system call for a call of {@link #kevent}, without allocation. Where a kernel differs
 * from the contract of {@link KQueue}, this class corrects it; a comment at each place names the kernel, and the
 * function in it.
 */
public final class KernelKQueue extends KQueueBackend {
    private static final int KEVENT_SIZE = Abi.HOST.sizeof("kevent");

    /**
     * No wait is longer; it is repeated for the rest. FreeBSD waits without limit beyond INT32_MAX seconds
     * (kern_kevent_fp()), macOS and OpenBSD refuse long ones with EINVAL (Go keeps to 1e6 s for that:
     * runtime/netpoll_kqueue.go).
     */
    private static final long LONGEST_WAIT = 1_000_000L * 1_000_000_000L;

    /**
     * The ident of the event that {@link #wake} triggers: a number that no program chooses by chance and that is easy
     * to find in a debugger.
     */
    private static final long WAKE_IDENT = 0x6b71_636c_6f73_65L; // "kqclose"

    /** The filters whose ident is a descriptor. */
    private static final Set<Filter> OF_DESCRIPTORS =
            EnumSet.of(Filter.READ, Filter.WRITE, Filter.EXCEPT, Filter.VNODE);

    private static final SystemKernel SYSTEM = new SystemKernel();

    private final Kernel kernel;
    private final int kq;
    private final Abilities abilities;
    private final boolean closeLeavesKnotes;

    /** Null for a kernel that reports every reader that goes. */
    private final SilentPipes silentPipes;

    private final UseCount uses = new UseCount();
    private final Timespecs timespecs = new Timespecs();
    private final OwnTimers timers = new OwnTimers(this::submit);
    private final DeadPipes deadPipes = new DeadPipes();
    private final LongAdder calls = new LongAdder();
    private final LongAdder systemCalls = new LongAdder();
    private final LongAdder submitted = new LongAdder();
    private final LongAdder fetched = new LongAdder();

    private KernelKQueue(Kernel kernel, int kq, Abilities abilities, Set<Quirk> quirks) {
        this.kernel = kernel;
        this.kq = kq;
        this.abilities = abilities;
        this.closeLeavesKnotes = quirks.contains(Quirk.CLOSE_LEAVES_KNOTES);
        this.silentPipes = quirks.contains(Quirk.FULL_PIPE_MISSES_READER) ? new SilentPipes(timers) : null;
    }

    /** Opens a kernel event queue: kqueue(2). */
    public static KQueueBackend open() throws IOException {
        return open(SYSTEM, Abilities.of(SYSTEM), Abi.HOST.quirks());
    }

    static KernelKQueue open(Kernel kernel, Abilities abilities, Set<Quirk> quirks) throws IOException {
        int kq = kernel.kqueue();
        if (kq < 0) {
            throw Errno.exception(-kq, "kqueue");
        }
        return new KernelKQueue(kernel, kq, abilities, quirks);
    }

    // ---- kevent

    @Override
    public int kevent(KEventList changes, KEventList events, long timeoutNanos) throws IOException {
        if (events != null) {
            events.clear();
        }
        if (!uses.enter()) {
            throw new ClosedChannelException();
        }
        try {
            calls.increment();
            KEventList accepted =
                    changes == null || abilities.timerUnits() ? changes : MillisecondTimers.rewritten(changes);
            if (events == null) {
                submitOneByOne(accepted);
            } else {
                submitAndWait(accepted, events, timeoutNanos);
            }
            if (!uses.isOpen()) {
                // The closing may have woken this thread; its event must not be returned.
                if (events != null) {
                    events.clear();
                }
                throw new ClosedChannelException();
            }
            if (events == null) {
                return 0;
            }
            fetched.add(hasErrors(events) ? 0 : events.size());
            return events.size();
        } finally {
            leave();
        }
    }

    private void submitAndWait(KEventList changes, KEventList events, long timeoutNanos) throws IOException {
        int nchanges = changes == null ? 0 : changes.size();
        // A failed change without a slot would end the call, with the changes after it not made. DragonFly writes its
        // entry all the same, behind the end of the list (kevent_copyout()).
        events.ensureCapacity(nchanges);
        if (nchanges > 0 && addsItself(changes)) {
            submitOneByOne(changes, events);
            return;
        }
        if (nchanges > 0 && silentPipes != null) {
            silentPipes.changing(changes);
        }
        long deadline = timeoutNanos > 0 ? System.nanoTime() + timeoutNanos : 0;
        MemorySegment timespec = timeoutNanos > 0 ? timespecs.take() : MemorySegment.NULL;
        try {
            long left = timeoutNanos;
            while (true) {
                boolean wait = left != 0 && !deadPipes.areDue();
                if (wait && left > 0) {
                    Timespecs.set(timespec, Math.min(left, LONGEST_WAIT));
                }
                systemCalls.increment();
                submitted.add(nchanges);
                // Whether the list was taken by events of our own timers: there may be more behind them.
                boolean ownAlone = false;
                int n =
                        kernel.kevent(
                                kq,
                                nchanges == 0 ? MemorySegment.NULL : changes.memory(),
                                nchanges,
                                events.memory(),
                                events.capacity(),
                                wait ? timespec : Timespecs.ZERO);
                if (n > 0) {
                    events.setSize(n);
                    if (nchanges > 0 && (events.flags(0) & KEvent.EV_ERROR) != 0) {
                        if (silentPipes != null) {
                            silentPipes.refused(events);
                        }
                        acceptDeadPipes(changes, events);
                    }
                    if (timers.areUsed() && !hasErrors(events)) {
                        OwnTimers.drop(events);
                        ownAlone = events.size() == 0;
                    }
                } else if (n < 0 && n != -Errno.EINTR && n != -Errno.ETIMEDOUT) {
                    // ETIMEDOUT is seen of macOS (golang/go issue 59679): the time has passed.
                    throw failure(-n);
                }
                if (!deadPipes.isEmpty() && !hasErrors(events)) {
                    deadPipes.report(events);
                }
                if (silentPipes != null && silentPipes.isUsed() && !hasErrors(events)) {
                    silentPipes.review(events);
                }
                if (events.size() > 0 || (n >= 0 && left == 0 && !ownAlone) || !uses.isOpen()) {
                    return;
                }
                if (left > 0) {
                    left = deadline - System.nanoTime();
                    if (left <= 0) {
                        if (n != -Errno.EINTR) {
                            return;
                        }
                        left = 0;
                    }
                }
                // Interrupted by a signal, which no kernel's scan restarts: the changes were made before it.
                nchanges = 0;
            }
        } finally {
            if (timeoutNanos > 0) {
                timespecs.giveBack(timespec);
            }
        }
    }

    /** If there is an error or a receipt, there is nothing else. */
    private static boolean hasErrors(KEventList events) {
        return events.size() > 0 && (events.flags(0) & KEvent.EV_ERROR) != 0;
    }

    /** Removes the error entries of changes that {@link DeadPipes} has taken over. */
    private void acceptDeadPipes(KEventList changes, KEventList events) {
        int kept = 0;
        boolean accepted = false;
        // Entries come in the order of their changes, but not every change has one.
        int next = 0;
        for (int i = 0; i < events.size(); i++) {
            int errno = (int) events.data(i);
            int change = errno == 0 ? -1 : acceptedChange(changes, next, events, i);
            if (change < 0) {
                copy(events, i, kept++, errno);
            } else {
                next = change + 1;
                accepted |= (changes.flags(change) & KEvent.EV_DELETE) == 0;
                if ((changes.flags(change) & KEvent.EV_RECEIPT) != 0) {
                    copy(events, i, kept++, 0);
                }
            }
        }
        events.setSize(kept);
        if (kept > 0 && accepted) {
            // This call returns without the event that is due now. Another thread may wait in the kernel, or for the
            // kqueue to be readable.
            ringForDeadPipe();
        }
    }

    private void ringForDeadPipe() {
        int rung = timers.ring();
        if (rung < 0) {
            throw new IllegalStateException(
                    "the threads that wait in " + this + " cannot be woken: " + Errno.strerror(-rung));
        }
    }

    private int acceptedChange(KEventList changes, int from, KEventList events, int entry) {
        int errno = (int) events.data(entry);
        for (int i = from; i < changes.size(); i++) {
            if (changes.ident(i) == events.ident(entry)
                    && changes.filter(i) == events.filter(entry)
                    && deadPipes.accepts(changes, i, errno)) {
                return i;
            }
        }
        return -1;
    }

    static void copy(KEventList events, int from, int to, long data) {
        if (from != to || data != events.data(from)) {
            events.set(
                    to,
                    events.ident(from),
                    events.filter(from),
                    events.flags(from),
                    events.fflags(from),
                    data,
                    events.udata(from));
        }
    }

    /**
     * Without an eventlist there is no room for errors, so each change has a call of its own, whose result is its
     * error. (With several in one call, FreeBSD, NetBSD and OpenBSD also stop at the first EV_RECEIPT, and say that all
     * went well: kqueue_kevent(), kevent1(), sys_kevent().) Such a call never waits, on any system.
     */
    private void submitOneByOne(KEventList changes) throws IOException {
        IOException first = null;
        int nchanges = changes == null ? 0 : changes.size();
        for (int i = 0; i < nchanges; i++) {
            int errno = submitAlone(changes, i);
            if (errno != 0) {
                String call = "kevent of filter " + changes.filter(i) + ", ident " + changes.ident(i);
                IOException failure = Errno.exception(errno, call);
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** As a call with an eventlist that does not wait: the entries of failed changes, and the receipts. */
    private void submitOneByOne(KEventList changes, KEventList entries) {
        for (int i = 0; i < changes.size(); i++) {
            int errno = submitAlone(changes, i);
            if (errno != 0 || (changes.flags(i) & KEvent.EV_RECEIPT) != 0) {
                entries.add(changes.ident(i), changes.filter(i), KEvent.EV_ERROR, 0, errno, changes.udata(i));
            }
        }
    }

    /** Submits one change in a call of its own, with all corrections of this class. Returns 0 or the errno. */
    private int submitAlone(KEventList changes, int index) {
        if (isItself(changes, index)) {
            return Errno.EINVAL;
        }
        if (silentPipes != null) {
            silentPipes.changing(changes, index);
        }
        int errno = submit(changes, index);
        if (errno != 0 && silentPipes != null) {
            silentPipes.refused(changes.ident(index), changes.filter(index));
        }
        if (errno == 0 || !deadPipes.accepts(changes, index, errno)) {
            return errno;
        }
        if ((changes.flags(index) & KEvent.EV_DELETE) == 0) {
            ringForDeadPipe();
        }
        return 0;
    }

    /**
     * Whether a change would have the kqueue watch itself. NetBSD does so, and panics; the others say EINVAL
     * (kqueue_kqfilter()), as is said here for all of them.
     */
    private boolean addsItself(KEventList changes) {
        for (int i = 0; i < changes.size(); i++) {
            if (isItself(changes, i)) {
                return true;
            }
        }
        return false;
    }

    private boolean isItself(KEventList changes, int index) {
        return changes.ident(index) == kq
                && (changes.flags(index) & KEvent.EV_ADD) != 0
                && OF_DESCRIPTORS.contains(Filter.of(changes.filter(index)));
    }

    /**
     * Submits one change in a call of its own, and returns 0 or the errno. A receipt, which is not needed here, is
     * given room all the same: DragonFly, without any, returns -1 and leaves errno as it was (kern_kevent(),
     * kevent_copyout()).
     */
    private int submit(KEventList changes, int index) {
        MemorySegment change = changes.memory().asSlice((long) index * KEVENT_SIZE, KEVENT_SIZE);
        systemCalls.increment();
        submitted.increment();
        if ((changes.flags(index) & KEvent.EV_RECEIPT) == 0) {
            return -Math.min(0, kernel.kevent(kq, change, 1, MemorySegment.NULL, 0, Timespecs.ZERO));
        }
        KEventList receipt = KEventList.allocate(1);
        int n = kernel.kevent(kq, change, 1, receipt.memory(), 1, Timespecs.ZERO);
        receipt.setSize(Math.max(0, n));
        return n == 1 ? (int) receipt.data(0) : -n;
    }

    private IOException failure(int errno) {
        if (errno == Errno.EBADF || errno == Errno.EFAULT || errno == Errno.EINVAL) {
            throw new AssertionError("kevent of " + kq + ": " + Errno.strerror(errno));
        }
        return Errno.exception(errno, "kevent");
    }

    // ---- closing

    /** close(2) ends the knotes of the number, even if other descriptors refer to the open file description. */
    @Override
    public void beforeClose(int descriptor, boolean shared) {
        deadPipes.closing(descriptor);
        if (silentPipes != null) {
            silentPipes.closing(descriptor);
        }
        if (closeLeavesKnotes) {
            KEventList removals = KEventList.allocate(3);
            for (Filter filter : new Filter[] {Filter.READ, Filter.WRITE, Filter.VNODE}) {
                removals.add(descriptor, filter.value(), KEvent.EV_DELETE | KEvent.EV_RECEIPT, 0, 0, 0);
            }
            if (uses.enter()) {
                try {
                    KEventList receipts = KEventList.allocate(3);
                    kernel.kevent(kq, removals.memory(), 3, receipts.memory(), 3, Timespecs.ZERO);
                    // ENOENT of a filter that does not watch the descriptor is as good.
                } finally {
                    leave();
                }
            }
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>close(2) alone does not do: macOS and OpenBSD give a waiter EBADF, but on FreeBSD 13.0 the waiter sleeps on,
     * and NetBSD's close waits for the waiter to leave (both seen).
     */
    @Override
    public void close() throws IOException {
        if (uses.closeAndEnter()) {
            leave();
        }
    }

    /** Wakes the next one if the kqueue is closed, and closes the descriptor when there is none. */
    private void leave() {
        if (!uses.isOpen() && uses.hasOthers()) {
            wake();
        }
        if (uses.leave()) {
            kernel.close(kq);
        }
    }

    /**
     * Ends the waits of all threads inside, by an event that stays (no EV_CLEAR). One thread at a time holds an event
     * while it looks at it (KN_INFLUX of FreeBSD), so that another may miss it and go to sleep: that is why each wakes
     * the next one on its way out.
     */
    private void wake() {
        KEventList change = KEventList.allocate(1);
        if (abilities.filters().contains(Filter.USER)) {
            int user = Filter.USER.value();
            // Two steps: NOTE_TRIGGER with EV_ADD does not trigger on FreeBSD and NetBSD (filt_userattach()).
            change.add(WAKE_IDENT, user, KEvent.EV_ADD, 0, 0, 0);
            int added = submit(change);
            change.set(0, WAKE_IDENT, user, 0, Abi.HOST.constant("NOTE_TRIGGER"), 0, 0);
            if (added >= 0 && submit(change) >= 0) {
                return;
            }
        }
        // NetBSD before 10 and OpenBSD before 7.8 lack EVFILT_USER, and its events may be used up (ENOMEM). A timer
        // ticks until the kqueue is gone, and needs no descriptor.
        change.clear();
        change.add(WAKE_IDENT, Filter.TIMER.value(), KEvent.EV_ADD, 0, 1, 0);
        int ticking = submit(change);
        if (ticking < 0) {
            throw new IllegalStateException(
                    "the threads that wait in " + this + " cannot be woken: " + Errno.strerror(-ticking));
        }
    }

    private int submit(KEventList change) {
        return kernel.kevent(kq, change.memory(), change.size(), MemorySegment.NULL, 0, Timespecs.ZERO);
    }

    // ---- what it is

    @Override
    public boolean supports(Filter filter) {
        return abilities.filters().contains(filter);
    }

    @Override
    public int descriptor() {
        return kq;
    }

    @Override
    public Counts counts() {
        return new Counts(calls.sum(), submitted.sum(), fetched.sum(), systemCalls.sum(), 0, 0);
    }

    @Override
    public boolean isOpen() {
        return uses.isOpen();
    }

    @Override
    public String toString() {
        return "kqueue(2) of " + Abi.HOST.system();
    }
}
