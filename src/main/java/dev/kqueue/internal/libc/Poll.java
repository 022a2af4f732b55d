package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.MemorySegment;

/** {@code <poll.h>}. */
public final class Poll {
    private Poll() {}

    public static final short POLLIN = (short) Abi.HOST.constant("POLLIN");
    public static final short POLLOUT = (short) Abi.HOST.constant("POLLOUT");
    public static final short POLLERR = (short) Abi.HOST.constant("POLLERR");
    public static final short POLLHUP = (short) Abi.HOST.constant("POLLHUP");
    public static final short POLLNVAL = (short) Abi.HOST.constant("POLLNVAL");

    private static final Struct POLLFD = Abi.HOST.struct("pollfd");
    private static final Field FD = POLLFD.field("fd");
    private static final Field EVENTS = POLLFD.field("events");
    private static final Field REVENTS = POLLFD.field("revents");

    /** {@code sizeof(struct pollfd)}: the distance of two entries. */
    public static final int SIZE = POLLFD.size();

    /**
     * nfds_t is unsigned long on Linux and unsigned int elsewhere. Little-endian full registers carry either, so the
     * wider one serves all.
     */
    private static final CFunction POLL = CFunction.of("poll");

    /** {@code int poll(struct pollfd *fds, nfds_t nfds, int timeout)}; timeout in milliseconds, -1 without limit. */
    public static int poll(MemorySegment fds, int nfds, int timeout) {
        return CFunction.keeping(POLL.callInt(fds.address(), nfds, timeout), fds);
    }

    /** Fills the index-th entry of an array of {@code struct pollfd}; an fd of -1 is passed over by poll. */
    public static void set(MemorySegment fds, int index, int fd, short events) {
        long base = (long) index * SIZE;
        FD.set(fds, base, fd);
        EVENTS.set(fds, base, events);
        REVENTS.set(fds, base, 0);
    }

    /** What poll found at the index-th entry. */
    public static short revents(MemorySegment fds, int index) {
        return (short) REVENTS.get(fds, (long) index * SIZE);
    }
}
