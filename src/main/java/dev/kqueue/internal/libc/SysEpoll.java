package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.MemorySegment;

/** {@code <sys/epoll.h>}: on Linux alone; elsewhere this class does not initialize. */
public final class SysEpoll {
    private SysEpoll() {}

    public static final int EPOLL_CTL_ADD = Abi.HOST.constant("EPOLL_CTL_ADD");
    public static final int EPOLL_CTL_DEL = Abi.HOST.constant("EPOLL_CTL_DEL");
    public static final int EPOLL_CTL_MOD = Abi.HOST.constant("EPOLL_CTL_MOD");

    public static final int EPOLLIN = Abi.HOST.constant("EPOLLIN");
    public static final int EPOLLOUT = Abi.HOST.constant("EPOLLOUT");
    public static final int EPOLLERR = Abi.HOST.constant("EPOLLERR");
    public static final int EPOLLHUP = Abi.HOST.constant("EPOLLHUP");
    public static final int EPOLLPRI = Abi.HOST.constant("EPOLLPRI");
    public static final int EPOLLRDHUP = Abi.HOST.constant("EPOLLRDHUP");
    public static final int EPOLLONESHOT = Abi.HOST.constant("EPOLLONESHOT");
    public static final int EPOLLET = Abi.HOST.constant("EPOLLET");

    private static final Struct EPOLL_EVENT = Abi.HOST.struct("epoll_event");
    private static final Field EVENTS = EPOLL_EVENT.field("events");
    private static final Field DATA = EPOLL_EVENT.field("data");

    /** {@code sizeof(struct epoll_event)}: the distance of two entries. */
    public static final int SIZE = EPOLL_EVENT.size();

    private static final CFunction EPOLL_CREATE1 = CFunction.of("epoll_create1");

    // Critical: it takes the epoll's mutex, which is held for the time of handing out events, and does not wait else.
    private static final CFunction EPOLL_CTL = CFunction.of("epoll_ctl");
    private static final CFunction EPOLL_WAIT = CFunction.of("epoll_wait");
    private static final CFunction EPOLL_POLL = CFunction.ofMany("epoll_wait");
    private static final CFunction EPOLL_PWAIT2 = CFunction.of("epoll_pwait2");

    /** Whether the C library has epoll_pwait2(2): glibc 2.35. The kernel has it since 5.11, and may say ENOSYS. */
    public static boolean hasPwait2() {
        return CLibrary.has("epoll_pwait2");
    }

    /** {@code int epoll_create1(EPOLL_CLOEXEC)} */
    public static int epollCreate1() {
        return EPOLL_CREATE1.callInt(Abi.HOST.constant("EPOLL_CLOEXEC"));
    }

    /** {@code int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)} */
    public static int epollCtl(int epfd, int op, int fd, MemorySegment event) {
        return CFunction.keeping(EPOLL_CTL.criticalInt(epfd, op, fd, event.address()), event);
    }

    /**
     * {@code int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)}; timeout in
     * milliseconds, -1 without limit.
     */
    public static int epollWait(int epfd, MemorySegment events, int maxevents, int timeout) {
        return CFunction.keeping(EPOLL_WAIT.callInt(epfd, events.address(), maxevents, timeout), events);
    }

    /**
     * {@code epoll_wait} with a timeout of zero: does not wait, and so needs no change of the thread's state. Nor
     * errno: the kernel does not look at signals for it, and what else could fail will fail again.
     */
    public static int epollPoll(int epfd, MemorySegment events, int maxevents) {
        int n = CFunction.keeping(EPOLL_POLL.withoutErrno(epfd, events.address(), maxevents, 0), events);
        return n >= 0 ? n : epollWait(epfd, events, maxevents, 0);
    }

    /**
     * {@code int epoll_pwait2(int epfd, struct epoll_event *events, int maxevents, const struct timespec *timeout,
     * NULL)}
     */
    public static int epollPwait2(int epfd, MemorySegment events, int maxevents, MemorySegment timeout) {
        return CFunction.keeping(
                EPOLL_PWAIT2.callInt(epfd, events.address(), maxevents, timeout.address(), 0), events, timeout);
    }

    /** Fills the index-th entry of an array of {@code struct epoll_event}. */
    public static void set(MemorySegment array, int index, int events, long data) {
        long base = (long) index * SIZE;
        EVENTS.set(array, base, events);
        DATA.set(array, base, data);
    }

    /** What is ready at the index-th entry. */
    public static int events(MemorySegment array, int index) {
        return (int) EVENTS.get(array, (long) index * SIZE);
    }

    /** What epoll_ctl was given for the index-th entry. */
    public static long data(MemorySegment array, int index) {
        return DATA.get(array, (long) index * SIZE);
    }
}
