package dev.kqueue.internal.linux;

import dev.kqueue.Filter;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.signal.SignalDispatch;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Says why a change failed, where the errno alone would leave a reader guessing. One errno may come from several calls
 * that a change makes: which one it was is noted when it fails. One for each kqueue.
 */
final class Reasons {
    /** A call whose errno means something else than that of another call of the same filter. */
    enum Call {
        EPOLL_CTL,
        INOTIFY_ADD_WATCH,
        PIDFD_OPEN,
        CONNECTOR
    }

    private record Refusal(Call call, int filter, long ident, int errno) {}

    static {
        // A change may fail since no descriptor is free, and then no class can be loaded from a folder: neither these
        // nor the one that the switch over filters needs.
        Startup.initialize(MethodHandles.lookup(), Call.class, Refusal.class);
        var _ = new Reasons().of(Filter.USER, 0, 0);
    }

    private static final String PIDFD = "the kernel refuses pidfd_open(2): ";
    private static final String CONNECTOR =
            "NOTE_FORK, NOTE_EXEC and NOTE_TRACK take the kernel's process connector, which does not answer"
                    + " inside a container, and before Linux 6.6 demands CAP_NET_ADMIN";

    /** The last change that failed by one of these calls. Asked without the kqueue's lock. */
    private volatile Refusal last;

    /** Notes which call has refused a change, if it has; returns its errno. */
    int refused(Call call, Knote kn, int errno) {
        if (errno != 0) {
            last = new Refusal(call, kn.filter(), kn.ident(), errno);
        }
        return errno;
    }

    /** Null if it is not known. */
    private Call call(Filter filter, long ident, int errno) {
        Refusal refusal = last;
        return refusal != null && refusal.filter == filter.value() && refusal.ident == ident && refusal.errno == errno
                ? refusal.call
                : null;
    }

    /** A sentence, or null if the errno says all. */
    String of(Filter filter, long ident, int errno) {
        return switch (filter) {
            case READ, WRITE -> ofDescriptor(filter, ident, errno);
            case VNODE -> ofFile(ident, errno, call(filter, ident, errno));
            case PROC -> ofProcess(ident, errno, call(filter, ident, errno));
            case SIGNAL -> ofSignal(ident, errno);
            case TIMER -> ofTimer(errno);
            default -> null;
        };
    }

    private String ofDescriptor(Filter filter, long ident, int errno) {
        if (errno == Errno.ENOSPC) {
            // A regular file is watched by inotify for EVFILT_READ.
            return call(filter, ident, errno) == Call.INOTIFY_ADD_WATCH ? inotifyLimit() : epollLimit();
        }
        if (errno == Errno.ELOOP) {
            return "kqueues may not watch each other in a circle, nor too deeply: descriptor " + ident + " is a kqueue";
        }
        if (errno == Errno.EINVAL) {
            return "descriptor "
                    + ident
                    + " is a directory or "
                    + (filter == Filter.READ ? "this kqueue itself" : "a kqueue");
        }
        return errno == Errno.EBADF ? "descriptor " + ident + " is not open" : null;
    }

    private static String ofFile(long ident, int errno, Call call) {
        if (errno == Errno.ENOSPC) {
            return call == Call.EPOLL_CTL
                    ? epollLimit()
                    : call == null ? inotifyLimit() + ", or " + epollLimit() : inotifyLimit();
        }
        if (errno == Errno.EMFILE) {
            return "no more descriptors, ulimit -n, or the limit of kqueues that watch files is reached, sysctl"
                    + " fs.inotify.max_user_instances"
                    + now("inotify/max_user_instances");
        }
        if (errno == Errno.EACCES) {
            return "a file must be readable to be watched";
        }
        if (errno == Errno.EINVAL) {
            return "descriptor "
                    + ident
                    + " is no file but a socket, a pipe or the like, or fflags has a note that EVFILT_VNODE lacks";
        }
        return errno == Errno.EBADF ? "descriptor " + ident + " is not open" : null;
    }

    private static String ofProcess(long ident, int errno, Call call) {
        if (errno == Errno.EPERM) {
            String pidfd = PIDFD + "a sandbox (seccomp) forbids it";
            return call == Call.PIDFD_OPEN ? pidfd : call == null ? CONNECTOR + "; or " + pidfd : CONNECTOR;
        }
        if (errno == Errno.ENOSYS) {
            return PIDFD + "Linux has it since 5.3, and a sandbox (seccomp) may hide it";
        }
        if (errno == Errno.ENOBUFS) {
            return "so many processes are started and end that the kernel's process connector loses its answer";
        }
        if (errno == Errno.ENOSPC) {
            return epollLimit();
        }
        if (errno == Errno.EINVAL) {
            return "fflags has a note that EVFILT_PROC lacks";
        }
        return errno == Errno.ESRCH ? "there is no process " + Long.toUnsignedString(ident) : null;
    }

    private static String ofSignal(long ident, int errno) {
        return errno == Errno.EINVAL
                ? ident + " is no signal that a JVM can handle, or fflags is not 0"
                : SignalDispatch.reason((int) ident, errno);
    }

    private static String ofTimer(int errno) {
        if (errno == Errno.ENOSPC) {
            return epollLimit();
        }
        return errno == Errno.EINVAL ? "a negative time, or fflags with an unknown or a second unit" : null;
    }

    private static String epollLimit() {
        return "the limit of watched descriptors is reached, sysctl fs.epoll.max_user_watches"
                + now("epoll/max_user_watches");
    }

    private static String inotifyLimit() {
        return "the limit of watched files is reached, sysctl fs.inotify.max_user_watches"
                + now("inotify/max_user_watches");
    }

    private static String now(String sysctl) {
        String value = read(Path.of("/proc/sys/fs", sysctl));
        return value == null ? "" : " (now " + value + ")";
    }

    /**
     * The first line of a file of /proc/sys, or null. Not by Files.readString: such a file can be read from its
     * beginning only, and that begins with a read of one byte, as the file's size is 0.
     */
    static String read(Path sysctl) {
        try (BufferedReader reader = Files.newBufferedReader(sysctl)) {
            String line = reader.readLine();
            return line == null ? null : line.strip();
        } catch (IOException unreadable) {
            return null;
        }
    }
}
