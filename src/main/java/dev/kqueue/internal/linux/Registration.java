package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLET;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLONESHOT;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_DEL;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_MOD;

import dev.kqueue.internal.libc.Errno;

/**
 * One descriptor's entry in one epoll instance, as far as we know: the kernel drops it by itself when the last
 * descriptor of the open file is closed.
 *
 * <p>Each epoll_ctl call puts a new stamp on the registration. An event with an older stamp was fetched before that
 * call, and says nothing any more: EPOLL_CTL_MOD has looked at the file again and queues a new event if there is still
 * something to tell. So no event reaches a knote that did not yet exist when it came, be it by a change of another
 * thread or because the number has a new owner.
 */
final class Registration {
    /**
     * Nothing is wanted, and the registration stays. EPOLLHUP and EPOLLERR cannot be masked; with EPOLLONESHOT they
     * come once at most. This is a fifth of the price of taking the registration out and in again, and keeps the
     * kernel's binding to the open file: a number that has been closed and reused is noticed by ENOENT.
     */
    static final int PARKED = EPOLLET | EPOLLONESHOT;

    private final Epoll epoll;
    private final int fd;
    private int events;
    private int stamp;
    private boolean present;
    private boolean spent;

    Registration(Epoll epoll, int fd) {
        this.epoll = epoll;
        this.fd = fd;
    }

    boolean isPresent() {
        return present;
    }

    /** Whether an event of this stamp answers to the last epoll_ctl call. */
    boolean isCurrent(int eventStamp) {
        return present && eventStamp == stamp;
    }

    boolean isEdge() {
        return (events & EPOLLET) != 0;
    }

    /** Whether EPOLLONESHOT has been used up: the kernel reports nothing more before the next epoll_ctl call. */
    boolean isSpent() {
        return spent;
    }

    /** To be called for each current event. */
    void fired() {
        spent = (events & EPOLLONESHOT) != 0;
    }

    /** Whether the kernel reports exactly these bits now. */
    boolean wants(int wanted) {
        return present && !spent && events == wanted;
    }

    /**
     * Makes the kernel report these bits, and look at once whether there is something to report.
     *
     * @return 0 or an errno. ENOENT (the number is another file's now) and EBADF mean that the old registration is gone
     */
    int set(int wanted) {
        int error = present ? control(EPOLL_CTL_MOD, wanted) : control(EPOLL_CTL_ADD, wanted);
        if (error == Errno.EEXIST) {
            // The registration was forgotten, but its file has lived on and has the number again (dup2).
            error = control(EPOLL_CTL_MOD, wanted);
        }
        if (error == 0) {
            present = true;
            spent = false;
            events = wanted;
        } else if (error == Errno.ENOENT || error == Errno.EBADF) {
            present = false;
        }
        return error;
    }

    /** Takes the descriptor out of epoll: 0 or an errno, as {@link #set}. */
    int remove() {
        if (!present) {
            return 0;
        }
        present = false;
        return control(EPOLL_CTL_DEL, 0);
    }

    /** Makes events that are still to come meaningless, without a system call. */
    void forget() {
        present = false;
        stamp++;
    }

    private int control(int op, int wanted) {
        int error = epoll.control(op, fd, wanted, Epoll.tag(fd, stamp + 1));
        if (error == 0) {
            stamp++;
        }
        return error;
    }
}
