package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

import java.util.List;
import java.util.stream.Stream;

/** Every C function that the classes of this package link, and whether this C library has it: for bug reports. */
public final class Symbols {
    private Symbols() {}

    /** The symbols that every system has. */
    private static final List<String> EVERYWHERE =
            List.of(
                    "abs",
                    "accept",
                    "bind",
                    "close",
                    "connect",
                    "dup2",
                    "fcntl",
                    "fstat",
                    "getgrgid_r",
                    "getpeername",
                    "getpwuid_r",
                    "getrlimit",
                    "getsockname",
                    "getsockopt",
                    "ioctl",
                    "isatty",
                    "listen",
                    "lseek",
                    "open",
                    "pipe",
                    "poll",
                    "pread",
                    "pthread_kill",
                    "pthread_self",
                    "pthread_sigmask",
                    "read",
                    "readv",
                    "recvfrom",
                    "recvmsg",
                    "sendmsg",
                    "sendto",
                    "setsockopt",
                    "shutdown",
                    "sigaction",
                    "socket",
                    "socketpair",
                    "strerror",
                    "write",
                    "writev");

    /** Where the kernel or a library has kqueue(2). */
    private static final List<String> KQUEUE = List.of("kqueue", "kevent");

    /** Functions that the kqueue for Linux needs. */
    private static final List<String> EPOLL =
            List.of(
                    "epoll_create1",
                    "epoll_ctl",
                    "epoll_wait",
                    "eventfd",
                    "inotify_add_watch",
                    "inotify_init1",
                    "inotify_rm_watch",
                    "kill",
                    "syscall",
                    "timerfd_create",
                    "timerfd_settime",
                    "waitid");

    /** Used where there is one; there is another way without. */
    private static final List<String> WHERE_PRESENT =
            List.of(
                    "accept4",
                    "dladdr",
                    "epoll_pwait2",
                    "eventfd",
                    "getpeereid",
                    "gnu_get_libc_version",
                    "kqueue1",
                    "kqueuex",
                    "pipe2",
                    "sendfile");

    /**
     * A function.
     *
     * @param function its name in C
     * @param symbol the name that the C library exports it under
     * @param isFound whether it does
     */
    public record Symbol(String function, String symbol, boolean isFound) {}

    /** The functions that something does not work without. */
    public static List<Symbol> needed() {
        boolean hasKqueue = Abi.HOST.symbol("kevent").isPresent();
        return (hasKqueue ? withKqueue() : Stream.concat(EVERYWHERE.stream(), EPOLL.stream()))
                .map(Symbols::find)
                .toList();
    }

    /** The functions that there is another way without. */
    public static List<Symbol> optional() {
        List<Symbol> needed = needed();
        return WHERE_PRESENT.stream()
                .filter(name -> Abi.HOST.symbol(name).isPresent())
                .map(Symbols::find)
                .filter(symbol -> !needed.contains(symbol))
                .toList();
    }

    /** Where they come from, with glibc's release: that of others is the system's. */
    public static String library() {
        String version = GnuLibcVersion.find();
        return Library.HOST.name() + (version == null ? "" : ", glibc " + version);
    }

    /** The symbols of all systems. */
    static List<String> all() {
        return Stream.of(EVERYWHERE, KQUEUE, EPOLL, WHERE_PRESENT).flatMap(List::stream).distinct().sorted().toList();
    }

    /** Functions that some feature requires where the C library has kqueue(2). */
    static Stream<String> withKqueue() {
        return Stream.concat(EVERYWHERE.stream(), KQUEUE.stream());
    }

    private static Symbol find(String function) {
        return new Symbol(function, Abi.HOST.symbol(function).orElse(function), CLibrary.has(function));
    }
}
