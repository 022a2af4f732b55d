package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLET;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLONESHOT;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_DEL;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_MOD;

import dev.kqueue.internal.libc.Errno;

/**
 * One descriptor's entry in the epoll instance, as far as we know. The kernel drops it by itself when the last
 * descriptor of the open file description is closed, of this process or another: see below.
 *
 * <p>Each epoll_ctl call puts a new stamp on the registration. An event with an older stamp was fetched before that
 * call, and says nothing any more: EPOLL_CTL_MOD has looked at the file again and queues a new event if there is still
 * something to tell. So no event reaches a knote that did not yet exist when it came, be it by a change of another
 * thread or because the number has a new owner.
 *
 * <h2>Registrations without knotes</h2>
 *
 * EPOLL_CTL_DEL and EPOLL_CTL_ADD are expensive: a channel that is cancelled and registered again, as servers do that
 * read in blocking mode, would pay for both each time. So when the last knote goes, the registration stays, and the
 * next EV_ADD is one EPOLL_CTL_MOD. While the descriptor is open, such a registration is harmless:
 *
 * <ul>
 *   <li>No knote sees its events. There is no knote to take one, and a new knote has another stamp; EPOLL_CTL_MOD has
 *       looked at the file again, so nothing that is pending is missed either.
 *   <li>It does not make epoll_wait return again and again. A level is changed to {@link #PARKED} at once. Edges are
 *       left as they are, without a system call, until a few have come; then they are parked as well. So only those few
 *       events and a hang-up are dropped. The wait in {@link LinuxKQueue#kevent} goes on after them; a thread that
 *       watches the kqueue's own descriptor may find, as often, that there is nothing to fetch.
 *   <li>It does not outlive its open file description: the kernel drops it with the last descriptor. If the number has
 *       a new owner then, EPOLL_CTL_MOD says ENOENT, and the new owner is added. (EV_DELETE of an edge, which asks no
 *       kernel, does not notice that the descriptor was closed before: the knote is gone either way.)
 * </ul>
 *
 * <h2>Descriptions that are shared</h2>
 *
 * If another descriptor refers to the same open file description (by dup(2), fork(2) or SCM_RIGHTS), close(2) does not
 * end the registration. It reports what the other holder's file does, and epoll_ctl reaches it no more: it finds an
 * entry by number and description together, and that number is closed. A level would make epoll_wait return at once,
 * again and again. So the registration is taken out before close(2), with or without a knote: {@link
 * dev.kqueue.KQueue#beforeClose(int)}, which a program that uses a kqueue directly is to call, and which the channels
 * of this library call for each description that may be shared. Only for one that is known not to be is it left to
 * close(2), since EPOLL_CTL_DEL would be one system call more for each connection.
 *
 * <p>Where that call was left out, the events are stale and dropped, and kevent returns by its deadline all the same,
 * but nothing short of closing the kqueue ends them. A new epoll instance with the live registrations alone would, but
 * cannot take the place of the old one: other kqueues and poll(2) may be watching that by its number.
 */
public abstract class Registration {
    /**
     * No event is asked for, and the registration stays. EPOLLHUP and EPOLLERR cannot be masked; with EPOLLONESHOT they
     * come once at most. This is a fifth of the price of taking the registration out and in again, and keeps the
     * kernel's binding to the open file: a number that has been closed and reused is noticed by ENOENT.
     */
    static final int PARKED = EPOLLET | EPOLLONESHOT;

    /**
     * Events tolerated on an unused registration before it is masked. One is usual where a channel is cancelled,
     * answered, and registered again: the next request comes meanwhile.
     */
    private static final int MAX_IGNORED_EVENTS = 2;

    final Core kq;
    final int fd;
    private int events;
    private int stamp;
    private boolean present;
    private boolean spent;

    /** No knote has used it since the last epoll_ctl call, which asked for edges. */
    private boolean abandoned;

    /** The events that have come since then. */
    private byte unclaimed;

    Registration(Core kq, int fd) {
        this.kq = kq;
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

    /** Notes an event of the registration. */
    void fired() {
        spent = (events & EPOLLONESHOT) != 0;
        if (abandoned && unclaimed <= MAX_IGNORED_EVENTS) {
            unclaimed++;
        }
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
            abandoned = false;
            unclaimed = 0;
            events = wanted;
        } else if (isGone(error)) {
            present = false;
        }
        return error;
    }

    /** No knote is left, or an event has come since none is: 0 or an errno, as {@link #set}. */
    int abandon() {
        if (!present || spent || events == PARKED) {
            return 0;
        }
        if (!isEdge() || unclaimed > MAX_IGNORED_EVENTS) {
            return set(PARKED);
        }
        abandoned = true;
        return 0;
    }

    /** Whether the errno of an epoll_ctl call says that the number is no descriptor, or another file's by now. */
    static boolean isGone(int error) {
        // EPERM: the number is that of a file now which epoll refuses.
        return error == Errno.ENOENT || error == Errno.EBADF || error == Errno.EPERM;
    }

    /**
     * Takes the descriptor out of epoll, whatever is known: the registration may have been forgotten while the kernel
     * still has it. {@link #forget} must have been called, or must follow.
     */
    final void takeOut() {
        // ENOENT, EBADF: it is not registered, or was closed, which is as wanted.
        kq.epoll().control(EPOLL_CTL_DEL, fd, 0, 0);
    }

    /** Makes events that are still to come meaningless, without a system call. */
    void forget() {
        present = false;
        abandoned = false;
        unclaimed = 0;
        stamp++;
    }

    private int control(int op, int wanted) {
        int error = kq.epoll().control(op, fd, wanted, Epoll.tag(fd, stamp + 1));
        if (error == 0) {
            stamp++;
        }
        return error;
    }
}
