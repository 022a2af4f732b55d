package dev.kqueue.internal.bsd;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The features of this kernel's kqueue, probed at run time: its release may be older than the header that the constants
 * are from. All questions go in one changelist, each with EV_RECEIPT, to a kqueue that is closed at once.
 *
 * @param filters the filters that it knows
 * @param timerUnits whether it reads {@code NOTE_SECONDS} and its like; if not, every number is of milliseconds
 */
record Abilities(Set<Filter> filters, boolean timerUnits) {
    /**
     * EINVAL everywhere; ENOTSUP on macOS where the number is reserved (filt_badattach()), EOPNOTSUPP on DragonFly,
     * ENXIO on FreeBSD without the filter's module (filt_nullattach()). Kernels look up the filter before the
     * descriptor, so that EBADF comes from a known one, as does the EPERM of a filter that only its own system call may
     * add (EVFILT_AIO of FreeBSD).
     */
    private static final Set<Integer> OF_UNKNOWN_FILTERS =
            Stream.of("EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENXIO")
                    .map(Abi.HOST::constant)
                    .collect(Collectors.toUnmodifiableSet());

    private static Abilities probed;

    /** The abilities of this process's kernel, which is asked once. */
    static synchronized Abilities of(SystemKernel kernel) throws IOException {
        if (probed == null) {
            probed = probe(kernel);
        }
        return probed;
    }

    static Abilities probe(Kernel kernel) throws IOException {
        KEventList questions = KEventList.allocate(Filter.values().length + 1);
        for (Filter filter : Filter.values()) {
            if (filter.isDefined()) {
                ask(questions, filter, fflags(filter));
            }
        }
        // Every unit at once is none. A kernel that knows units refuses it, one that does not never looks.
        ask(questions, Filter.TIMER, 0x00ff_ffff);
        int n = questions.size();
        KEventList answers = KEventList.allocate(n);
        int kq = kernel.kqueue();
        if (kq < 0) {
            throw Errno.exception(-kq, "kqueue");
        }
        try {
            int answered = kernel.kevent(kq, questions.memory(), n, answers.memory(), n, Timespecs.ZERO);
            if (answered < 0) {
                throw Errno.exception(-answered, "kevent");
            }
            answers.setSize(answered);
        } finally {
            kernel.close(kq);
        }
        Set<Filter> filters = EnumSet.noneOf(Filter.class);
        boolean timerUnits = false;
        for (int i = 0; i < answers.size(); i++) {
            boolean known = isKnown((int) answers.data(i));
            if (answers.udata(i) == n - 1) {
                timerUnits = !known;
            } else if (known) {
                filters.add(Filter.of(answers.filter(i)));
            }
        }
        return new Abilities(filters, timerUnits);
    }

    private static void ask(KEventList questions, Filter filter, int fflags) {
        int number = questions.size();
        // A timer or user event of its own for each question; an hour, so that none fires meanwhile.
        long ident = isFree(filter) ? number : ident(filter);
        int flags = KEvent.EV_ADD | KEvent.EV_RECEIPT;
        questions.add(ident, filter.value(), flags, fflags, 3_600_000, number);
    }

    private static boolean isFree(Filter filter) {
        return filter == Filter.TIMER || filter == Filter.USER;
    }

    /**
     * An ident that is harmless to watch: no descriptor is -1, and the process itself and the default-ignored SIGURG
     * exist.
     */
    private static long ident(Filter filter) {
        return switch (filter) {
            case PROC -> ProcessHandle.current().pid();
            case SIGNAL -> Abi.HOST.constant("SIGURG");
            case FS, VM, MEMORYSTATUS, MACHPORT, JAIL -> 0;
            default -> -1;
        };
    }

    private static int fflags(Filter filter) {
        return switch (filter) {
            case PROC -> Abi.HOST.constant("NOTE_EXIT");
            case VM -> Abi.HOST.constant("NOTE_VM_PRESSURE");
            default -> 0;
        };
    }

    private static boolean isKnown(int errno) {
        return !OF_UNKNOWN_FILTERS.contains(errno);
    }
}
