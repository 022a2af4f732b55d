package dev.kqueue.internal.linux;

import dev.kqueue.Filter;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.signal.SignalDispatch;

import java.util.Arrays;

/**
 * Which filter a number names. A number that we have no filter for has an entry like any other, whose attach fails.
 *
 * <p>Numbers are negative and count down from -1, as on FreeBSD; {@code ~filter} is the index.
 */
final class Filters {
    private Filters() {}

    private static final FilterOps ABSENT = new AbsentFilter();

    private static final FilterOps[] OPS = new FilterOps[Abi.HOST.constant("EVFILT_SYSCOUNT")];

    static {
        Arrays.fill(OPS, ABSENT);
        OPS[~Filter.READ.value()] = new ReadFilter();
        OPS[~Filter.WRITE.value()] = new WriteFilter();
        OPS[~Filter.VNODE.value()] = new VnodeFilter();
        OPS[~Filter.PROC.value()] = new ProcFilter();
        OPS[~Filter.SIGNAL.value()] = new SignalFilter();
        OPS[~Filter.TIMER.value()] = new TimerFilter();
        OPS[~Filter.USER.value()] = new UserFilter();
    }

    static FilterOps of(int filter) {
        int index = ~filter;
        return index < 0 || index >= OPS.length ? ABSENT : OPS[index];
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
