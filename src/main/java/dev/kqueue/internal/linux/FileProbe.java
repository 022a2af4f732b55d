package dev.kqueue.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysIoctl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.SysStat;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Asks the kernel what epoll does not report of a descriptor: the kind of file, bytes to read, free space, offset.
 * Never SO_ERROR: reading it would take the error away from the program. One for each kqueue; belongs to its lock.
 */
final class FileProbe {
    static final int UNKNOWN = 0;
    static final int SOCKET = 1;
    static final int FIFO = 2;
    static final int REGULAR = 3;
    static final int DEVICE = 4;
    static final int OTHER = 5;

    private static final int SOL_TCP = Abi.HOST.constant("SOL_TCP");
    private static final int TCP_INFO = Abi.HOST.constant("TCP_INFO");

    /** tcpi_unacked of struct tcp_info: of a listener, the connections that wait to be accepted. */
    private static final int TCPI_UNACKED = 24;

    private static final int TCP_INFO_SIZE = 104;

    /** How many bytes a pipe holds; since Linux 2.6.35. */
    private static final int F_GETPIPE_SZ = 1032;

    private final MemorySegment memory = Arena.ofAuto().allocate(Math.max(SysStat.SIZE, TCP_INFO_SIZE), 8);
    private final MemorySegment length = Arena.ofAuto().allocate(SysSocket.SOCKLEN_SIZE, 4);
    private final Counters counters;

    FileProbe(Counters counters) {
        this.counters = counters;
    }

    /** What kind of file the descriptor is, asked once for each owner of the number. */
    int kind(DescriptorRegistration descriptor) {
        if (descriptor.kind == UNKNOWN) {
            int format = format(descriptor.fd);
            if (format < 0) {
                // Asked again the next time.
                return OTHER;
            }
            descriptor.kind = (byte) kind(format);
        }
        return descriptor.kind;
    }

    static int kind(int format) {
        if (format == SysStat.S_IFSOCK) {
            return SOCKET;
        }
        if (format == SysStat.S_IFIFO) {
            return FIFO;
        }
        if (format == SysStat.S_IFREG) {
            return REGULAR;
        }
        return format == SysStat.S_IFCHR || format == SysStat.S_IFBLK ? DEVICE : OTHER;
    }

    /** Fills the state of the descriptor's file: 0 or an errno. */
    int stat(int fd, FileState state) {
        int format = format(fd);
        if (format < 0) {
            return -format;
        }
        state.read(memory);
        return 0;
    }

    /** Where the descriptor stands in its file. */
    long offset(int fd) {
        counters.others++;
        return Math.max(0, Unistd.lseek(fd, 0, Unistd.SEEK_CUR));
    }

    /** The kind of file as {@code st_mode & S_IFMT}, or -errno. */
    int format(int fd) {
        counters.others++;
        int error = SysStat.fstat(fd, memory);
        return error < 0 ? error : SysStat.mode(memory) & SysStat.S_IFMT;
    }

    /**
     * The bits of these that hold now, by poll(2). They have the same numbers as epoll's. All of them if the call
     * fails: an event too many is harmless, and one too few is lost.
     */
    int poll(int fd, int bits) {
        int revents = tryPoll(fd, bits);
        return revents < 0 ? bits : revents;
    }

    /** The same, or -errno. */
    int tryPoll(int fd, int bits) {
        int n;
        do {
            counters.others++;
            Poll.set(memory, 0, fd, (short) bits);
            n = Poll.poll(memory, 1, 0);
        } while (n == -Errno.EINTR);
        return n <= 0 ? n : Poll.revents(memory, 0) & 0xffff;
    }

    /** The bytes that can be read; of a listener, the connections that wait. 1 where the kernel does not say. */
    long readable(int fd) {
        int bytes = ioctl(fd, SysIoctl.FIONREAD);
        if (bytes >= 0) {
            return bytes;
        }
        // EINVAL of a listener, and of descriptors that have no such number: something is there, or epoll would not
        // have reported it.
        counters.others++;
        length.set(JAVA_INT, 0, TCP_INFO_SIZE);
        int error = SysSocket.getsockopt(fd, SOL_TCP, TCP_INFO, memory, length);
        return error < 0 ? 1 : Math.max(1, memory.get(JAVA_INT, TCPI_UNACKED));
    }

    /** The free space of the send buffer or the pipe; 0 where the kernel does not say. */
    long writable(DescriptorRegistration descriptor) {
        int fd = descriptor.fd;
        if (kind(descriptor) == FIFO) {
            counters.others++;
            int size = Fcntl.fcntl(fd, F_GETPIPE_SZ, 0);
            return Math.max(0, size - Math.max(0, ioctl(fd, SysIoctl.FIONREAD)));
        }
        counters.others++;
        length.set(JAVA_INT, 0, 4);
        if (SysSocket.getsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_SNDBUF, memory, length) < 0) {
            return 0;
        }
        int size = memory.get(JAVA_INT, 0);
        return Math.max(0, size - Math.max(0, ioctl(fd, SysIoctl.TIOCOUTQ)));
    }

    private int ioctl(int fd, int request) {
        counters.others++;
        int error = SysIoctl.ioctl(fd, request, memory);
        return error < 0 ? error : memory.get(JAVA_INT, 0);
    }
}
