package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;

/**
 * {@code <sys/socket.h>}.
 *
 * <p>Descriptors made here are closed on exec. SIGPIPE needs no care ({@code MSG_NOSIGNAL}, {@code SO_NOSIGPIPE}): the
 * JVM ignores it, and a write to a closed connection fails with EPIPE.
 *
 * <p>Each call says itself whether it may wait. With {@link #RECEIVE_NOW} or {@link #SEND_NOW} it does not, whatever
 * O_NONBLOCK of the open file description says, which other processes may share and change. With these flags, recvfrom
 * and sendto are critical calls (see {@link CLibrary}), and may be given heap arrays. The calls whose names end in
 * Waiting may wait, as may all others (connect for the other side, bind of a path for a file system) or they are too
 * rare for the difference to matter: they take native memory only.
 */
public final class SysSocket {
    private SysSocket() {}

    public static final int AF_UNSPEC = Abi.HOST.constant("AF_UNSPEC");
    public static final int AF_UNIX = Abi.HOST.constant("AF_UNIX");
    public static final int AF_INET = Abi.HOST.constant("AF_INET");
    public static final int AF_INET6 = Abi.HOST.constant("AF_INET6");

    /**
     * Whether sockets are those of macOS and the BSDs, whose addresses have a length, whichever kqueue is used: the
     * sockets beside libkqueue are Linux's.
     */
    public static final boolean IS_BSD = Abi.HOST.struct("sockaddr").find("sa_len").isPresent();

    public static final int SOCK_STREAM = Abi.HOST.constant("SOCK_STREAM");
    public static final int SOCK_DGRAM = Abi.HOST.constant("SOCK_DGRAM");

    public static final int SOL_SOCKET = Abi.HOST.constant("SOL_SOCKET");
    public static final int SO_BROADCAST = Abi.HOST.constant("SO_BROADCAST");
    public static final int SO_ERROR = Abi.HOST.constant("SO_ERROR");
    public static final int SO_KEEPALIVE = Abi.HOST.constant("SO_KEEPALIVE");
    public static final int SO_OOBINLINE = Abi.HOST.constant("SO_OOBINLINE");
    public static final int SO_RCVBUF = Abi.HOST.constant("SO_RCVBUF");
    public static final int SO_REUSEADDR = Abi.HOST.constant("SO_REUSEADDR");
    public static final int SO_SNDBUF = Abi.HOST.constant("SO_SNDBUF");

    /** l_linger in seconds. SO_LINGER of macOS counts in clock ticks; its SO_LINGER_SEC is what the others mean. */
    public static final int SO_LINGER = Abi.HOST.find("SO_LINGER_SEC").orElseGet(() -> Abi.HOST.constant("SO_LINGER"));

    public static final int MSG_DONTWAIT = Abi.HOST.constant("MSG_DONTWAIT");

    /** What keeps a receiving call from waiting. */
    public static final int RECEIVE_NOW = MSG_DONTWAIT;

    /**
     * What keeps a sending call from waiting. macOS and NetBSD look at MSG_NBIO there, as at O_NONBLOCK; MSG_DONTWAIT
     * alone leaves a stream's send waiting.
     */
    public static final int SEND_NOW = MSG_DONTWAIT | Abi.HOST.find("MSG_NBIO").orElse(0);

    /**
     * Whether {@link #SEND_NOW} has been seen to work on the system: of what has no MSG_NBIO the manual pages say so.
     */
    public static final boolean SEND_NOW_IS_SURE = Abi.HOST.find("MSG_NBIO").isEmpty();

    public static final int MSG_OOB = Abi.HOST.constant("MSG_OOB");
    public static final int MSG_PEEK = Abi.HOST.constant("MSG_PEEK");
    public static final int MSG_TRUNC = Abi.HOST.constant("MSG_TRUNC");
    public static final int MSG_CTRUNC = Abi.HOST.constant("MSG_CTRUNC");

    public static final int SHUT_RD = Abi.HOST.constant("SHUT_RD");
    public static final int SHUT_WR = Abi.HOST.constant("SHUT_WR");
    public static final int SHUT_RDWR = Abi.HOST.constant("SHUT_RDWR");

    /** The size of {@code socklen_t}, for the memory that holds one. */
    public static final int SOCKLEN_SIZE = 4;

    /** Close-on-exec in the call itself; macOS has no such flags, and leaves a gap for fork. */
    private static final OptionalInt CLOEXEC = Abi.HOST.find("SOCK_CLOEXEC");

    /** Absent where SOCK_CLOEXEC is. */
    private static final int NONBLOCK = Abi.HOST.find("SOCK_NONBLOCK").orElse(0);

    private static final boolean ACCEPT4 = CLOEXEC.isPresent() && CLibrary.has("accept4");

    private static final FunctionDescriptor OF_ADDRESS = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final FunctionDescriptor TO_ADDRESS = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final FunctionDescriptor OF_MESSAGE = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);

    private static final MethodHandle SOCKET =
            CLibrary.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SOCKETPAIR =
            CLibrary.function("socketpair", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle BIND = CLibrary.function("bind", OF_ADDRESS);
    private static final MethodHandle CONNECT = CLibrary.function("connect", OF_ADDRESS);
    private static final MethodHandle LISTEN =
            CLibrary.function("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle ACCEPT = CLibrary.function("accept", TO_ADDRESS);
    private static final MethodHandle ACCEPT_FLAGS =
            CLibrary.function("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKNAME = CLibrary.function("getsockname", TO_ADDRESS);
    private static final MethodHandle GETPEERNAME = CLibrary.function("getpeername", TO_ADDRESS);
    private static final MethodHandle GETSOCKOPT =
            CLibrary.function(
                    "getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT =
            CLibrary.function(
                    "setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SHUTDOWN =
            CLibrary.function("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    // As for read and write: heap arrays have a type of their own (see Unistd).
    private static final FunctionDescriptor HEAP_IN =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor NATIVE_IN =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor HEAP_OUT =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final FunctionDescriptor NATIVE_OUT =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);

    private static final MethodHandle RECVFROM_HEAP = CLibrary.critical("recvfrom", HEAP_IN);
    private static final MethodHandle RECVFROM_NATIVE = CLibrary.critical("recvfrom", NATIVE_IN);
    private static final MethodHandle RECVFROM = CLibrary.function("recvfrom", HEAP_IN);
    private static final MethodHandle RECVFROM_WAITING = CLibrary.function("recvfrom", NATIVE_IN);
    private static final MethodHandle SENDTO_HEAP = CLibrary.critical("sendto", HEAP_OUT);
    private static final MethodHandle SENDTO_NATIVE = CLibrary.critical("sendto", NATIVE_OUT);
    private static final MethodHandle SENDTO = CLibrary.function("sendto", HEAP_OUT);
    private static final MethodHandle SENDTO_WAITING = CLibrary.function("sendto", NATIVE_OUT);
    private static final MethodHandle RECVMSG = CLibrary.function("recvmsg", OF_MESSAGE);
    private static final MethodHandle SENDMSG = CLibrary.function("sendmsg", OF_MESSAGE);

    /** Linked when first needed, as few programs close their arenas. */
    private static final class Keeping {
        static final MethodHandle RECVMSG = KeptArenas.function("recvmsg", OF_MESSAGE);
        static final MethodHandle SENDMSG = KeptArenas.function("sendmsg", OF_MESSAGE);
    }

    /** {@code int socket(int domain, int type, int protocol)}: non-blocking, close-on-exec. */
    public static int socket(int domain, int type, int protocol) {
        return socket(domain, type, protocol, true);
    }

    /** {@code int socket(int domain, int type, int protocol)}: close-on-exec, and non-blocking if that is wanted. */
    public static int socket(int domain, int type, int protocol, boolean nonBlocking) {
        MemorySegment errno = CLibrary.errno();
        try {
            int typeAndFlags = type | CLOEXEC.orElse(0) | (nonBlocking ? NONBLOCK : 0);
            int fd = CLibrary.result((int) SOCKET.invokeExact(errno, domain, typeAndFlags, protocol), errno);
            return CLOEXEC.isPresent() || fd < 0 ? fd : nonBlocking ? Fcntl.prepared(fd) : Fcntl.closedOnExec(fd);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code int socketpair(int domain, int type, int protocol, int sv[2])}: both non-blocking, close-on-exec; sv is
     * native memory of two ints.
     */
    public static int socketpair(int domain, int type, int protocol, MemorySegment sv) {
        MemorySegment errno = CLibrary.errno();
        try {
            int typeAndFlags = type | CLOEXEC.orElse(0) | NONBLOCK;
            int result =
                    CLibrary.result((int) SOCKETPAIR.invokeExact(errno, domain, typeAndFlags, protocol, sv), errno);
            return CLOEXEC.isPresent() || result < 0 ? result : Fcntl.preparedPair(sv);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen)} */
    public static int bind(int sockfd, MemorySegment addr, int addrlen) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) BIND.invokeExact(errno, sockfd, addr, addrlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)} */
    public static int connect(int sockfd, MemorySegment addr, int addrlen) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) CONNECT.invokeExact(errno, sockfd, addr, addrlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int listen(int sockfd, int backlog)} */
    public static int listen(int sockfd, int backlog) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) LISTEN.invokeExact(errno, sockfd, backlog), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code int accept(int sockfd, struct sockaddr *addr, socklen_t *addrlen)}: the new descriptor is non-blocking and
     * close-on-exec, whatever the listener is. Does not retry ECONNABORTED: the caller knows whether it may.
     */
    public static int accept(int sockfd, MemorySegment addr, MemorySegment addrlen) {
        return accept(sockfd, addr, addrlen, true);
    }

    /**
     * The same, non-blocking only if that is wanted: or if the listener is, and the system's accept takes that over
     * (macOS).
     */
    public static int accept(int sockfd, MemorySegment addr, MemorySegment addrlen, boolean nonBlocking) {
        MemorySegment errno = CLibrary.errno();
        try {
            if (ACCEPT4) {
                int flags = CLOEXEC.getAsInt() | (nonBlocking ? NONBLOCK : 0);
                return CLibrary.result((int) ACCEPT_FLAGS.invokeExact(errno, sockfd, addr, addrlen, flags), errno);
            }
            int fd = CLibrary.result((int) ACCEPT.invokeExact(errno, sockfd, addr, addrlen), errno);
            return fd < 0 ? fd : nonBlocking ? Fcntl.prepared(fd) : Fcntl.closedOnExec(fd);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen)} */
    public static int getsockname(int sockfd, MemorySegment addr, MemorySegment addrlen) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) GETSOCKNAME.invokeExact(errno, sockfd, addr, addrlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen)} */
    public static int getpeername(int sockfd, MemorySegment addr, MemorySegment addrlen) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) GETPEERNAME.invokeExact(errno, sockfd, addr, addrlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen)} */
    public static int getsockopt(int sockfd, int level, int optname, MemorySegment optval, MemorySegment optlen) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) GETSOCKOPT.invokeExact(errno, sockfd, level, optname, optval, optlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen)} */
    public static int setsockopt(int sockfd, int level, int optname, MemorySegment optval, int optlen) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) SETSOCKOPT.invokeExact(errno, sockfd, level, optname, optval, optlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int shutdown(int sockfd, int how)} */
    public static int shutdown(int sockfd, int how) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) SHUTDOWN.invokeExact(errno, sockfd, how), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src_addr, socklen_t
     * *addrlen)}: into part of an array, in place. The sender's address comes by address; 0 and 0 if it is not wanted,
     * as recv(2).
     */
    public static long recvfrom(int sockfd, byte[] array, int offset, int len, int flags, long srcAddr, long addrlen) {
        MemorySegment errno = CLibrary.criticalErrno();
        MemorySegment buf = MemorySegment.ofArray(array).asSlice(offset, len);
        try {
            return CLibrary.result(
                    (long) RECVFROM_HEAP.invokeExact(errno, sockfd, buf, (long) len, flags, srcAddr, addrlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** As the first, into memory by address: the caller keeps it alive. */
    public static long recvfrom(int sockfd, long buf, long len, int flags, long srcAddr, long addrlen) {
        if (len > Unistd.CRITICAL_BYTES) {
            return recvfromWaiting(sockfd, buf, len, flags, srcAddr, addrlen);
        }
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            return CLibrary.result(
                    (long) RECVFROM_NATIVE.invokeExact(errno, sockfd, buf, len, flags, srcAddr, addrlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** As the first, into memory by address, by a call that may wait: the caller keeps the memory alive. */
    public static long recvfromWaiting(int sockfd, long buf, long len, int flags, long srcAddr, long addrlen) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result(
                    (long) RECVFROM_WAITING.invokeExact(errno, sockfd, buf, len, flags, srcAddr, addrlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** As the first, into a segment, whose arena cannot be closed meanwhile; native memory by a call that may wait. */
    public static long recvfrom(int sockfd, MemorySegment buf, long len, int flags, long srcAddr, long addrlen) {
        boolean inHeap = !buf.isNative();
        MemorySegment errno = inHeap ? CLibrary.criticalErrno() : CLibrary.errno();
        try {
            long returned =
                    inHeap
                            ? (long) RECVFROM_HEAP.invokeExact(errno, sockfd, buf, len, flags, srcAddr, addrlen)
                            : (long) RECVFROM.invokeExact(errno, sockfd, buf, len, flags, srcAddr, addrlen);
            return CLibrary.result(returned, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr,
     * socklen_t addrlen)}: of part of an array, in place. The receiver's address goes by address; 0 and 0 for none, as
     * send(2).
     */
    public static long sendto(int sockfd, byte[] array, int offset, int len, int flags, long destAddr, int addrlen) {
        MemorySegment errno = CLibrary.criticalErrno();
        MemorySegment buf = MemorySegment.ofArray(array).asSlice(offset, len);
        try {
            return CLibrary.result(
                    (long) SENDTO_HEAP.invokeExact(errno, sockfd, buf, (long) len, flags, destAddr, addrlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** As the first, of memory by address: the caller keeps it alive. */
    public static long sendto(int sockfd, long buf, long len, int flags, long destAddr, int addrlen) {
        if (len > Unistd.CRITICAL_BYTES) {
            return sendtoWaiting(sockfd, buf, len, flags, destAddr, addrlen);
        }
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            return CLibrary.result(
                    (long) SENDTO_NATIVE.invokeExact(errno, sockfd, buf, len, flags, destAddr, addrlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** As the first, of memory by address, by a call that may wait: the caller keeps the memory alive. */
    public static long sendtoWaiting(int sockfd, long buf, long len, int flags, long destAddr, int addrlen) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result(
                    (long) SENDTO_WAITING.invokeExact(errno, sockfd, buf, len, flags, destAddr, addrlen), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** As the first, of a segment, whose arena cannot be closed meanwhile; native memory by a call that may wait. */
    public static long sendto(int sockfd, MemorySegment buf, long len, int flags, long destAddr, int addrlen) {
        boolean inHeap = !buf.isNative();
        MemorySegment errno = inHeap ? CLibrary.criticalErrno() : CLibrary.errno();
        try {
            long returned =
                    inHeap
                            ? (long) SENDTO_HEAP.invokeExact(errno, sockfd, buf, len, flags, destAddr, addrlen)
                            : (long) SENDTO.invokeExact(errno, sockfd, buf, len, flags, destAddr, addrlen);
            return CLibrary.result(returned, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags)}, which keeps the arenas of the memory that msg
     * names from being closed meanwhile.
     */
    public static long recvmsg(int sockfd, MemorySegment msg, int flags, KeptArenas kept) {
        MemorySegment errno = CLibrary.errno();
        try {
            long n =
                    kept.isEmpty()
                            ? (long) RECVMSG.invokeExact(errno, sockfd, msg, flags)
                            : (long) Keeping.RECVMSG.invokeExact(errno, sockfd, msg, flags, kept.arguments());
            return CLibrary.result(n, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags)}, which keeps the arenas of the memory
     * that msg names from being closed meanwhile.
     */
    public static long sendmsg(int sockfd, MemorySegment msg, int flags, KeptArenas kept) {
        MemorySegment errno = CLibrary.errno();
        try {
            long n =
                    kept.isEmpty()
                            ? (long) SENDMSG.invokeExact(errno, sockfd, msg, flags)
                            : (long) Keeping.SENDMSG.invokeExact(errno, sockfd, msg, flags, kept.arguments());
            return CLibrary.result(n, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
