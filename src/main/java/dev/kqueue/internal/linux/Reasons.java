package dev.kqueue.internal.linux;

import dev.kqueue.Filter;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says why a change failed, where the errno alone would leave a reader guessing. */
final class Reasons {
    private Reasons() {}

    /** A sentence, or null if the errno says all. */
    static String of(Filter filter, long ident, int errno) {
        return switch (filter) {
            case READ, WRITE -> ofDescriptor(filter, ident, errno);
            case VNODE -> ofFile(ident, errno);
            case PROC -> ofProcess(ident, errno);
            case SIGNAL -> ofSignal(ident, errno);
            case TIMER -> errno == Errno.EINVAL ? "a negative time, or fflags with an unknown or a second unit" : null;
            default -> null;
        };
    }

    private static String ofDescriptor(Filter filter, long ident, int errno) {
        if (errno == Errno.ENOSPC) {
            return "the limit of watched descriptors is reached, sysctl fs.epoll.max_user_watches"
                    + now("epoll/max_user_watches");
        }
        if (errno == Errno.ELOOP) {
            return "kqueues may not watch each other in a circle, nor too deeply: descriptor " + ident + " is a kqueue";
        }
        if (errno == Errno.EINVAL) {
            return "descriptor "
                    + ident
                    + " is a directory or this kqueue itself, or fflags has a note that "
                    + filter.cName()
                    + " lacks";
        }
        return errno == Errno.EBADF ? "descriptor " + ident + " is not open" : null;
    }

    private static String ofFile(long ident, int errno) {
        if (errno == Errno.ENOSPC) {
            return "the limit of watched files is reached, sysctl fs.inotify.max_user_watches"
                    + now("inotify/max_user_watches");
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

    private static String ofProcess(long ident, int errno) {
        if (errno == Errno.EPERM) {
            return "NOTE_FORK, NOTE_EXEC and NOTE_TRACK take the kernel's process connector, which does not answer"
                    + " inside a container, and before Linux 6.6 demands CAP_NET_ADMIN";
        }
        if (errno == Errno.EINVAL) {
            return "fflags has a note that EVFILT_PROC lacks";
        }
        return errno == Errno.ESRCH ? "there is no process " + Long.toUnsignedString(ident) : null;
    }

    private static String ofSignal(long ident, int errno) {
        if (errno == Errno.EBUSY) {
            return "the JVM or the kernel keeps SIG" + SignalDispatch.name((int) ident) + " for itself";
        }
        if (errno == Errno.EINVAL) {
            return ident + " is no signal that a JVM can handle, or fflags is not 0";
        }
        return errno == Errno.ENOSYS
                ? "signals reach a JVM through the module jdk.unsupported only: --add-modules jdk.unsupported"
                : null;
    }

    private static String now(String sysctl) {
        try {
            return " (now " + Files.readString(Path.of("/proc/sys/fs", sysctl)).strip() + ")";
        } catch (IOException unreadable) {
            return "";
        }
    }
}
