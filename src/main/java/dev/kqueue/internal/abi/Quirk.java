package dev.kqueue.internal.abi;

/**
 * A deviation of one system that cannot be probed at run time. Deviations that can be probed are probed, and not listed
 * here.
 */
public enum Quirk {
    /**
     * Closing a descriptor leaves its knotes behind, to fire for the next owner of the number; a kernel removes them
     * (kqueue(2)). libkqueue sees no close(2): its BUGS.md, and its issues 58 and 99.
     */
    CLOSE_LEAVES_KNOTES,

    /**
     * EVFILT_WRITE of a full pipe never fires when the reader goes; poll(2) reports it. NetBSD: pipeclose() wakes those
     * who select on the write end, but the knote is in the list of the read end. Seen of NetBSD 7.99.34.
     */
    FULL_PIPE_MISSES_READER,

    /**
     * A connection that the peer has reset has no addresses any more: getsockname(2) is EINVAL. NetBSD (seen of
     * 7.99.34), OpenBSD, DragonFly: tcp_close() lets go of the pcb. On macOS and FreeBSD it stays until close(2).
     */
    RESET_FORGETS_ADDRESSES,

    /**
     * The kqueue takes a socket's error itself and leaves it in the fflags of an event with EV_EOF: SO_ERROR says then
     * that there is none. libkqueue, evfilt_socket_copyout().
     */
    TAKES_SOCKET_ERRORS,

    /**
     * dup2(2) over the number of a socket that a thread waits for, or close(2) of it, waits until the thread has left,
     * and spoils the socket for all who share its open file description: fp_close_and_unlock() and soo_drain() of macOS
     * set SS_DRAINING, which nothing clears. On NetBSD the call of every thread that waits for the socket is broken
     * off, of other processes, too. So the threads have to be made to leave first.
     */
    REPLACING_DRAINS,

    /**
     * The kqueue's descriptor is not readable when there are events, so that no other kqueue can wait for it.
     * libkqueue: it is the end of a pipe that becomes readable only when the kqueue is closed.
     */
    CANNOT_BE_NESTED
}
