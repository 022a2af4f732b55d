package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The kernel's process connector: a netlink socket that tells of every fork, exec and exit on the machine. It is open
 * while a knote needs it. EPERM outside of the machine's first namespaces (a container, most often), and before Linux
 * 6.6 without CAP_NET_ADMIN. Belongs to the kqueue's lock.
 *
 * <pre>
 * struct nlmsghdr   { u32 len; u16 type, flags; u32 seq, pid; }                   0
 * struct cn_msg     { u32 idx, val, seq, ack; u16 len, flags; }                  16
 * struct proc_event { u32 what, cpu; u64 timestamp; union { u32 ... } data; }    36
 * </pre>
 */
final class ProcConnector {
    private static final int AF_NETLINK = 16;
    private static final int NETLINK_CONNECTOR = 11;
    private static final int SOCKADDR_NL_SIZE = 12;
    private static final int CN_IDX_PROC = 1;
    private static final int CN_VAL_PROC = 1;
    private static final int PROC_CN_MCAST_LISTEN = 1;
    private static final int NLMSG_DONE = 3;

    private static final int CN_MSG = 16;
    private static final int PROC_EVENT = 36;
    private static final int EVENT_DATA = PROC_EVENT + 16;

    private static final int PROC_EVENT_NONE = 0;
    private static final int PROC_EVENT_FORK = 1;
    private static final int PROC_EVENT_EXEC = 2;
    private static final int PROC_EVENT_EXIT = 0x80000000;

    private static final int BUFFER = 4096;

    private final LinuxKQueue kq;
    private final long tag;
    private MemorySegment buffer;
    private int members;
    private int fd = -1;

    ProcConnector(LinuxKQueue kq, long tag) {
        this.kq = kq;
        this.tag = tag;
    }

    /** One more knote needs it: 0 or an errno. */
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
        int opened = SysSocket.socket(AF_NETLINK, SysSocket.SOCK_DGRAM, NETLINK_CONNECTOR);
        if (opened < 0) {
            // A kernel without it, or a sandbox.
            return opened == -Errno.EMFILE || opened == -Errno.ENFILE ? -opened : Errno.EPERM;
        }
        if (buffer == null) {
            buffer = Arena.ofAuto().allocate(BUFFER, 8);
        }
        int error = listen(opened);
        if (error == 0) {
            error = kq.epoll().control(EPOLL_CTL_ADD, opened, EPOLLIN, tag);
        }
        if (error != 0) {
            Unistd.close(opened);
            return error;
        }
        fd = opened;
        return 0;
    }

    private int listen(int socket) {
        buffer.fill((byte) 0);
        buffer.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_NETLINK);
        buffer.set(JAVA_INT_UNALIGNED, 8, CN_IDX_PROC);
        int error = SysSocket.bind(socket, buffer, SOCKADDR_NL_SIZE);
        if (error < 0) {
            return Errno.EPERM;
        }
        int length = PROC_EVENT + 4;
        buffer.fill((byte) 0);
        buffer.set(JAVA_INT_UNALIGNED, 0, length);
        buffer.set(JAVA_SHORT_UNALIGNED, 4, (short) NLMSG_DONE);
        buffer.set(JAVA_INT_UNALIGNED, CN_MSG, CN_IDX_PROC);
        buffer.set(JAVA_INT_UNALIGNED, CN_MSG + 4, CN_VAL_PROC);
        buffer.set(JAVA_SHORT_UNALIGNED, CN_MSG + 16, (short) 4);
        buffer.set(JAVA_INT_UNALIGNED, PROC_EVENT, PROC_CN_MCAST_LISTEN);
        long sent = Unistd.write(socket, buffer, length);
        return sent < 0 ? Errno.EPERM : acknowledged(socket);
    }

    /** The answer has been queued by the time that the write returns; from inside a container there is none. */
    private int acknowledged(int socket) {
        while (Unistd.read(socket, buffer, BUFFER) > 0) {
            if (word(PROC_EVENT) == PROC_EVENT_NONE) {
                return word(EVENT_DATA) == 0 ? 0 : Errno.EPERM;
            }
        }
        return Errno.EPERM;
    }

    void close() {
        if (fd >= 0) {
            Unistd.close(fd);
            fd = -1;
        }
    }

    /** Reads all that has come, and tells the knotes. */
    void read() {
        while (fd >= 0) {
            kq.counters().others++;
            long bytes = Unistd.read(fd, buffer, BUFFER);
            if (bytes == -Errno.ENOBUFS) {
                ProcFilter.lost(kq);
            } else if (bytes > 0) {
                event();
            } else {
                break;
            }
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
                // ids, names, traces, core dumps: nothing that kqueue tells of
            }
        }
    }

    private int word(int offset) {
        return buffer.get(JAVA_INT_UNALIGNED, offset);
    }
}
