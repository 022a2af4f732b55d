package dev.kqueue.internal.linux;

import dev.kqueue.Filter;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.signal.SignalDispatch;

import java.lang.invoke.MethodHandles;

/**
 * Finds a filter by its number. A number without a filter has an entry like any other, whose attach fails.
 *
 * <p>Numbers are negative and count down from -1, as on FreeBSD; {@code ~filter} is the index.
 */
final class Filters {
    private Filters() {}

    private static final FilterOps ABSENT = new AbsentFilter();

    /** Null until the filter is first asked for: most programs use two or three. */
    private static final FilterOps[] OPS = new FilterOps[Abi.HOST.constant("EVFILT_SYSCOUNT")];

    static FilterOps of(int filter) {
        int index = ~filter;
        if (index < 0 || index >= OPS.length) {
            return ABSENT;
        }
        FilterOps ops = OPS[index];
        return ops != null ? ops : make(filter);
    }

    /** Threads that race for a filter may make two of them, which is harmless: they have no state. */
    private static FilterOps make(int filter) {
        if (filter != Filter.USER.value()) {
            // A selector has a user event from the beginning. What the others need is initialized with the first, if
            // there is room for it: otherwise the change that asks for the filter fails, and can be made again.
            Startup.check();
            Startup.initialize(MethodHandles.lookup(), ReadWriteFilter.class, FileProbe.class);
        }
        FilterOps ops = ops(filter);
        OPS[~filter] = ops;
        return ops;
    }

    private static FilterOps ops(int filter) {
        if (filter == Filter.READ.value()) {
            return new ReadFilter();
        }
        if (filter == Filter.WRITE.value()) {
            return new WriteFilter();
        }
        if (filter == Filter.VNODE.value()) {
            return new VnodeFilter();
        }
        if (filter == Filter.PROC.value()) {
            return new ProcFilter();
        }
        if (filter == Filter.SIGNAL.value()) {
            return new SignalFilter();
        }
        if (filter == Filter.TIMER.value()) {
            return new TimerFilter();
        }
        return filter == Filter.USER.value() ? new UserFilter() : ABSENT;
    }

    static boolean isPresent(FilterOps ops) {
        return !(ops instanceof AbsentFilter);
    }

    static boolean has(Filter filter) {
        return (filter != Filter.SIGNAL || SignalDispatch.isSupported())
                && filter.isDefined()
                && isPresent(of(filter.value()));
    }

    private static final class AbsentFilter implements FilterOps {
        @Override
        public boolean isDescriptor() {
            return false;
        }

        @Override
        public int attach(Knote kn) {
            return Errno.EINVAL;
        }

        @Override
        public void detach(Knote kn) {
            throw new AssertionError("never attached");
        }

        @Override
        public int touch(Knote kn, int flags, int fflags, long data) {
            throw new AssertionError("never attached");
        }

        @Override
        public boolean process(Knote kn, boolean dataWanted) {
            throw new AssertionError("never attached");
        }
    }
}
