package dev.kqueue.internal.bsd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Struct;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A kernel that answers what the test wrote down, call by call, and writes down what it was asked. Where the test wrote
 * nothing, it makes all changes, sends the receipts that are wanted, and has no events.
 */
final class ScriptedKernel implements Kernel {
    static final int KQ = 77;

    /**
     * One call of kevent(2).
     *
     * @param timeoutNanos as the timespec has it; -1 for a null pointer
     * @param hasEventlist whether that pointer was not null
     */
    record Call(List<KEvent> changes, boolean hasEventlist, int nevents, long timeoutNanos) {}

    /** What the kernel answers: it fills the list, and returns its size or -errno. */
    interface Answer {
        int fill(List<KEvent> changes, KEventList events);
    }

    private static final int SIZE = Abi.HOST.sizeof("kevent");
    private static final Struct TIMESPEC = Abi.HOST.struct("timespec");

    final List<Call> calls = new ArrayList<>();
    int opened;
    int closed;
    private final Deque<Answer> answers = new ArrayDeque<>();

    ScriptedKernel answer(Answer answer) {
        answers.add(answer);
        return this;
    }

    ScriptedKernel fail(int errno) {
        return answer((changes, events) -> -errno);
    }

    KernelKQueue open(Filter first, Filter... others) throws IOException {
        return KernelKQueue.open(this, new Abilities(EnumSet.of(first, others), true), Set.of());
    }

    /** A kqueue of a kernel that knows every filter that this system defines, and timers' units. */
    KernelKQueue open() throws IOException {
        Set<Filter> all = EnumSet.allOf(Filter.class);
        all.removeIf(filter -> !filter.isDefined());
        return KernelKQueue.open(this, new Abilities(all, true), Set.of());
    }

    @Override
    public int kqueue() {
        opened++;
        return KQ;
    }

    @Override
    public void close(int kq) {
        assertThat(kq).isEqualTo(KQ);
        closed++;
    }

    @Override
    public int kevent(
            int kq,
            MemorySegment changelist,
            int nchanges,
            MemorySegment eventlist,
            int nevents,
            MemorySegment timeout) {
        assertThat(kq).isEqualTo(KQ);
        List<KEvent> changes = values(changelist, nchanges);
        boolean hasEventlist = !eventlist.equals(MemorySegment.NULL);
        Answer answer;
        synchronized (this) {
            calls.add(new Call(changes, hasEventlist, nevents, nanos(timeout)));
            answer = answers.poll();
        }
        KEventList events = KEventList.allocate(Math.max(1, nevents));
        int returned = answer == null ? receipts(changes, events) : answer.fill(changes, events);
        if (returned > 0) {
            assertThat(returned).as("entries").isEqualTo(events.size()).isLessThanOrEqualTo(nevents);
            MemorySegment.copy(events.memory(), 0, eventlist, 0, (long) returned * SIZE);
        }
        return returned;
    }

    /** The entries of changes that were made: none but the receipts. */
    static int receipts(List<KEvent> changes, KEventList events) {
        for (KEvent change : changes) {
            if ((change.flags() & KEvent.EV_RECEIPT) != 0) {
                error(events, change, 0);
            }
        }
        return events.size();
    }

    /** The entry of a change that failed, as the four BSDs write it: EV_ERROR stands alone. */
    static void error(KEventList events, KEvent change, int errno) {
        long udata = (long) change.udata();
        events.add(change.ident(), change.filter().value(), KEvent.EV_ERROR, 0, errno, udata);
    }

    private static List<KEvent> values(MemorySegment list, int n) {
        KEventList copy = KEventList.allocate(n);
        copy.setSize(n);
        MemorySegment.copy(list, 0, copy.memory(), 0, (long) n * SIZE);
        List<KEvent> values = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            Filter filter = Filter.of(copy.filter(i));
            values.add(new KEvent(copy.ident(i), filter, copy.flags(i), copy.fflags(i), copy.data(i), copy.udata(i)));
        }
        return values;
    }

    private static long nanos(MemorySegment timespec) {
        if (timespec.equals(MemorySegment.NULL)) {
            return -1;
        }
        long nanos = TIMESPEC.field("tv_nsec").get(timespec, 0);
        assertThat(nanos).as("tv_nsec").isBetween(0L, 999_999_999L);
        return TIMESPEC.field("tv_sec").get(timespec, 0) * 1_000_000_000 + nanos;
    }
}
