package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.thread.StackReserve;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The kernel's process connector: a netlink socket that reports every fork, exec and exit on the machine. It is open
 * while a knote needs it. EPERM outside of the machine's first namespaces (a container, most often), and before Linux
 * 6.6 without CAP_NET_ADMIN. Belongs to the kqueue's lock.
 *
 * <p>The socket's queue holds some thousand messages; what has no room is lost, and the next read says so by ENOBUFS,
 * once, whatever is still in the queue. So ENOBUFS means: read on, and then {@link ProcFilter#lost}.
 *
 * <pre>
 * struct nlmsghdr   { u32 len; u16 type, flags; u32 seq, pid; }                   0
 * struct cn_msg     { u32 idx, val, seq, ack; u16 len, flags; }                  16
 * struct proc_event { u32 what, cpu; u64 timestamp; union { u32 ... } data; }    36
 * </pre>
 */
final class ProcConnector {
    private static final int SOCKADDR_NL_SIZE = 12;
    private static final int CN_IDX_PROC = 1;
    private static final int CN_VAL_PROC = 1;
    private static final int PROC_CN_MCAST_LISTEN = 1;
    private static final int NLMSG_DONE = 3;

    private static final int CN_MSG = 16;
    private static final int CN_ACK = CN_MSG + 12;
    private static final int PROC_EVENT = 36;
    private static final int EVENT_DATA = PROC_EVENT + 16;

    private static final int PROC_EVENT_NONE = 0;
    private static final int PROC_EVENT_FORK = 1;
    private static final int PROC_EVENT_EXEC = 2;
    private static final int PROC_EVENT_EXIT = 0x80000000;

    private static final int BUFFER = 4096;

    /** How many messages {@link #read} reads at most, with the lock held; epoll reports the others again. */
    private static final int AT_ONCE = 1024;

    /** How often the kernel is asked to send its messages, if its answer is lost among them. */
    private static final int ATTEMPTS = 8;

    /** The answer may have been lost. No errno. */
    private static final int LOST = -1;

    private final FilterHost kq;
    private final long tag;

    /** Replaced by tests, before it is used. */
    ProcSocket socket = ProcSocket.SYSTEM;

    private MemorySegment buffer;
    private int members;
    private int fd = -1;

    /** The number of this connector's last request: all listeners on the machine get its answer. */
    private int question = ThreadLocalRandom.current().nextInt();

    /** The queue has overflowed, and has not been read to its end since. */
    private boolean lost;

    /**
     * A call of {@link #read} is at work, or was thrown out of: then a message is lost, and the next call repairs that
     * before it reads anything.
     */
    private boolean reading;

    /** The last read has failed, and the knotes have the events that it may have been about. */
    private boolean failing;

    ProcConnector(FilterHost kq, long tag) {
        this.kq = kq;
        this.tag = tag;
    }

    /** Opens the connector for its first knote. Returns 0 or an errno. */
    int join() {
        int error = members == 0 ? open() : 0;
        if (error == 0) {
            members++;
        }
        return error;
    }

    void leave() {
        if (--members == 0) {
            close();
        }
    }

    private int open() {
        if (buffer == null) {
            buffer = Arena.ofAuto().allocate(BUFFER, 8);
        }
        int opened = socket.open();
        if (opened < 0) {
            return refusal(-opened);
        }
        int error = listen(opened);
        if (error == 0) {
            error = kq.poll(opened, EPOLLIN, tag);
        }
        if (error != 0) {
            Unistd.close(opened);
            return error;
        }
        fd = opened;
        lost = false;
        reading = false;
        failing = false;
        return 0;
    }

    /** A kernel without the connector, a container or a sandbox: EPERM. What may pass keeps its errno. */
    private static int refusal(int errno) {
        return errno == Errno.EMFILE
                        || errno == Errno.ENFILE
                        || errno == Errno.ENOMEM
                        || errno == Errno.ENOBUFS
                        || errno == Errno.EAGAIN
                ? errno
                : Errno.EPERM;
    }

    private int listen(int opened) {
        buffer.fill((byte) 0);
        buffer.set(JAVA_SHORT_UNALIGNED, 0, (short) ProcSocket.AF_NETLINK);
        buffer.set(JAVA_INT_UNALIGNED, 8, CN_IDX_PROC);
        int error = socket.bind(opened, buffer, SOCKADDR_NL_SIZE);
        if (error < 0) {
            return refusal(-error);
        }
        int answer = LOST;
        for (int i = 0; i < ATTEMPTS && answer == LOST; i++) {
            error = ask(opened);
            answer = error != 0 ? error : answer(opened);
        }
        return answer == LOST ? Errno.ENOBUFS : answer;
    }

    private int ask(int opened) {
        int length = PROC_EVENT + 4;
        buffer.fill((byte) 0);
        buffer.set(JAVA_INT_UNALIGNED, 0, length);
        buffer.set(JAVA_SHORT_UNALIGNED, 4, (short) NLMSG_DONE);
        buffer.set(JAVA_INT_UNALIGNED, CN_MSG, CN_IDX_PROC);
        buffer.set(JAVA_INT_UNALIGNED, CN_MSG + 4, CN_VAL_PROC);
        buffer.set(JAVA_INT_UNALIGNED, CN_ACK, ++question);
        buffer.set(JAVA_SHORT_UNALIGNED, CN_MSG + 16, (short) 4);
        buffer.set(JAVA_INT_UNALIGNED, PROC_EVENT, PROC_CN_MCAST_LISTEN);
        long sent = socket.write(opened, buffer, length);
        return sent < 0 ? refusal((int) -sent) : 0;
    }

    /**
     * The answer, among what happens on the machine and the answers to others: 0, an errno, or {@link #LOST}. It has
     * been queued by the time that the write returns; from inside a container there is none.
     */
    private int answer(int opened) {
        boolean overflowed = false;
        for (int i = 0; i < ProcSocket.MOST_QUEUED; i++) {
            long bytes = socket.read(opened, buffer, BUFFER);
            if (bytes == -Errno.ENOBUFS) {
                overflowed = true;
            } else if (bytes < 0 && bytes != -Errno.EINTR) {
                return bytes != -Errno.EAGAIN ? refusal((int) -bytes) : overflowed ? LOST : Errno.EPERM;
            } else if (bytes > 0 && word(PROC_EVENT) == PROC_EVENT_NONE && word(CN_ACK) == question + 1) {
                return word(EVENT_DATA) == 0 ? 0 : refusal(word(EVENT_DATA));
            }
        }
        return LOST;
    }

    void close() {
        if (fd >= 0) {
            Unistd.close(fd);
            fd = -1;
        }
    }

    /** Reads messages, up to {@link #AT_ONCE} of them, and tells the knotes. */
    void read() {
        read(AT_ONCE);
    }

    /**
     * Reads every message that was in the queue when this was called, and tells the knotes: for what must come after
     * all that has happened by now, such as an exit after the forks of the process.
     */
    void readQueued() {
        read(ProcSocket.MOST_QUEUED);
        if (fd >= 0 && lost) {
            // The end of the queue was not reached, since messages keep coming; those that were lost came before them.
            ProcFilter.lost(kq);
            lost = false;
        }
    }

    private void read(int most) {
        if (fd < 0) {
            return;
        }
        StackReserve.ensure();
        if (reading) {
            // To say that anything may have happened takes no memory.
            ProcFilter.lost(kq);
        }
        reading = true;
        drain(most);
        reading = false;
    }

    /** After something was thrown: handles what was read and not handled. */
    void restore() {
        if (reading) {
            read();
        }
    }

    private void drain(int most) {
        for (int i = 0; fd >= 0 && i < most; i++) {
            kq.counters().others++;
            long bytes = socket.read(fd, buffer, BUFFER);
            if (bytes == -Errno.ENOBUFS) {
                lost = true;
            } else if (bytes > 0) {
                failing = false;
                event();
            } else if (bytes != -Errno.EINTR) {
                ended((int) -bytes);
                return;
            }
        }
    }

    /** Nothing is left to read, or reading fails. */
    private void ended(int errno) {
        // Of a read that goes on failing it is said once.
        boolean failed = errno != Errno.EAGAIN && !failing;
        failing = errno != Errno.EAGAIN;
        if (lost || failed) {
            ProcFilter.lost(kq);
            lost = false;
        }
    }

    private void event() {
        // Words of the event: of fork the parent's thread and process and the child's, else the thread and process.
        int thread = word(EVENT_DATA);
        int process = word(EVENT_DATA + 4);
        switch (word(PROC_EVENT)) {
            case PROC_EVENT_FORK -> {
                int childThread = word(EVENT_DATA + 8);
                int child = word(EVENT_DATA + 12);
                if (childThread == child) {
                    ProcFilter.forked(kq, process, child);
                }
            }
            case PROC_EVENT_EXEC -> ProcFilter.executed(kq, process);
            case PROC_EVENT_EXIT -> {
                if (thread == process) {
                    ProcFilter.endedUnseen(kq, process, word(EVENT_DATA + 8));
                }
            }
            default -> {
                // ids, names, traces, core dumps: nothing that kqueue reports
            }
        }
    }

    private int word(int offset) {
        return buffer.get(JAVA_INT_UNALIGNED, offset);
    }
}
