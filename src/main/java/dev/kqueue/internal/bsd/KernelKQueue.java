package dev.kqueue.internal.bsd;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.KQueueStatistics;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysEvent;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.LongAdder;

/** kevent(2) straight through. */
public final class KernelKQueue extends KQueue {
    private static final Struct TIMESPEC = Abi.HOST.struct("timespec");

    private final int kq;
    private volatile boolean open = true;
    private final LongAdder calls = new LongAdder();
    private final LongAdder submitted = new LongAdder();
    private final LongAdder fetched = new LongAdder();

    private KernelKQueue(int kq) {
        this.kq = kq;
    }

    /** Opens a kernel event queue: kqueue(2). */
    public static KernelKQueue open() throws IOException {
        int kq = SysEvent.kqueue();
        if (kq < 0) {
            throw Errno.exception(-kq, "kqueue");
        }
        return new KernelKQueue(kq);
    }

    @Override
    public int kevent(KEventList changes, KEventList events, long timeoutNanos) throws IOException {
        if (!open) {
            throw new ClosedChannelException();
        }
        int nchanges = changes == null ? 0 : changes.size();
        if (events != null) {
            events.clear();
            events.ensureCapacity(nchanges);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timeout = MemorySegment.NULL;
            if (timeoutNanos >= 0) {
                timeout = arena.allocate(TIMESPEC.size(), TIMESPEC.alignment());
                TIMESPEC.field("tv_sec").set(timeout, 0, timeoutNanos / 1_000_000_000);
                TIMESPEC.field("tv_nsec").set(timeout, 0, timeoutNanos % 1_000_000_000);
            }
            calls.increment();
            submitted.add(nchanges);
            int n =
                    SysEvent.kevent(
                            kq,
                            nchanges == 0 ? MemorySegment.NULL : changes.memory(),
                            nchanges,
                            events == null ? MemorySegment.NULL : events.memory(),
                            events == null ? 0 : events.capacity(),
                            timeout);
            if (n < 0) {
                throw Errno.exception(-n, "kevent");
            }
            if (events != null) {
                events.setSize(n);
                // Entries for failed changes come without events.
                fetched.add(n > 0 && (events.flags(0) & KEvent.EV_ERROR) != 0 ? 0 : n);
            }
            return n;
        }
    }

    @Override
    public boolean supports(Filter filter) {
        return filter.isDefined();
    }

    @Override
    public int descriptor() {
        return kq;
    }

    @Override
    public KQueueStatistics statistics() {
        long count = calls.sum();
        return new KQueueStatistics(count, submitted.sum(), fetched.sum(), count, 0, 0);
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() throws IOException {
        if (open) {
            open = false;
            Unistd.close(kq);
        }
    }

    @Override
    public String toString() {
        return "kqueue(2) of " + Abi.HOST.system();
    }
}
