package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.MemorySegment;
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
    public static final int SO_LINGER =
            Abi.HOST.constant(Abi.HOST.isDefined("SO_LINGER_SEC") ? "SO_LINGER_SEC" : "SO_LINGER");

    public static final int MSG_DONTWAIT = Abi.HOST.constant("MSG_DONTWAIT");

    /** The flags that keep a receiving call from waiting. */
    public static final int RECEIVE_NOW = MSG_DONTWAIT;

    /**
     * The flags that keep a sending call from waiting. macOS and NetBSD look at MSG_NBIO there, as at O_NONBLOCK;
     * MSG_DONTWAIT alone leaves a stream's send waiting.
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

    private static final CFunction SOCKET = CFunction.of("socket");
    private static final CFunction SOCKETPAIR = CFunction.of("socketpair");
    private static final CFunction BIND = CFunction.of("bind");
    private static final CFunction CONNECT = CFunction.of("connect");
    private static final CFunction LISTEN = CFunction.of("listen");
    private static final CFunction ACCEPT = CFunction.of("accept");
    private static final CFunction ACCEPT_FLAGS = CFunction.of("accept4");
    private static final CFunction GETSOCKNAME = CFunction.of("getsockname");
    private static final CFunction GETPEERNAME = CFunction.of("getpeername");
    private static final CFunction GETSOCKOPT = CFunction.of("getsockopt");
    private static final CFunction SETSOCKOPT = CFunction.of("setsockopt");
    private static final CFunction SHUTDOWN = CFunction.of("shutdown");

    private static final CFunction RECVFROM_HEAP = CFunction.of("recvfrom");
    private static final CFunction RECVFROM_NATIVE = CFunction.of("recvfrom");
    private static final CFunction RECVFROM = CFunction.of("recvfrom");
    private static final CFunction RECVFROM_WAITING = CFunction.of("recvfrom");
    private static final CFunction SENDTO_HEAP = CFunction.of("sendto");
    private static final CFunction SENDTO_NATIVE = CFunction.of("sendto");
    private static final CFunction SENDTO = CFunction.of("sendto");
    private static final CFunction SENDTO_WAITING = CFunction.of("sendto");
    private static final CFunction RECVMSG = CFunction.of("recvmsg");
    private static final CFunction SENDMSG = CFunction.of("sendmsg");

    private static final CFunction RECVMSG_KEEPING = CFunction.of("recvmsg");
    private static final CFunction SENDMSG_KEEPING = CFunction.of("sendmsg");

    /** {@code int socket(int domain, int type, int protocol)}: non-blocking, close-on-exec. */
    public static int socket(int domain, int type, int protocol) {
        return socket(domain, type, protocol, true);
    }

    /** {@code int socket(int domain, int type, int protocol)}: close-on-exec, and non-blocking if that is wanted. */
    public static int socket(int domain, int type, int protocol, boolean nonBlocking) {
        int typeAndFlags = type | CLOEXEC.orElse(0) | (nonBlocking ? NONBLOCK : 0);
        int fd = SOCKET.callInt(domain, typeAndFlags, protocol);
        return CLOEXEC.isPresent() || fd < 0 ? fd : nonBlocking ? Fcntl.prepared(fd) : Fcntl.closedOnExec(fd);
    }

    /**
     * {@code int socketpair(int domain, int type, int protocol, int sv[2])}: both non-blocking, close-on-exec; sv is
     * native memory of two ints.
     */
    public static int socketpair(int domain, int type, int protocol, MemorySegment sv) {
        int typeAndFlags = type | CLOEXEC.orElse(0) | NONBLOCK;
        int result = CFunction.keeping(SOCKETPAIR.callInt(domain, typeAndFlags, protocol, sv.address()), sv);
        return CLOEXEC.isPresent() || result < 0 ? result : Fcntl.preparedPair(sv);
    }

    /** {@code int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen)} */
    public static int bind(int sockfd, MemorySegment addr, int addrlen) {
        return CFunction.keeping(BIND.callInt(sockfd, addr.address(), addrlen), addr);
    }

    /** {@code int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)} */
    public static int connect(int sockfd, MemorySegment addr, int addrlen) {
        return CFunction.keeping(CONNECT.callInt(sockfd, addr.address(), addrlen), addr);
    }

    /** {@code int listen(int sockfd, int backlog)} */
    public static int listen(int sockfd, int backlog) {
        return LISTEN.callInt(sockfd, backlog);
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
        if (ACCEPT4) {
            int flags = CLOEXEC.getAsInt() | (nonBlocking ? NONBLOCK : 0);
            return CFunction.keeping(
                    ACCEPT_FLAGS.callInt(sockfd, addr.address(), addrlen.address(), flags), addr, addrlen);
        }
        int fd = CFunction.keeping(ACCEPT.callInt(sockfd, addr.address(), addrlen.address()), addr, addrlen);
        return fd < 0 ? fd : nonBlocking ? Fcntl.prepared(fd) : Fcntl.closedOnExec(fd);
    }

    /** {@code int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen)} */
    public static int getsockname(int sockfd, MemorySegment addr, MemorySegment addrlen) {
        return CFunction.keeping(GETSOCKNAME.callInt(sockfd, addr.address(), addrlen.address()), addr, addrlen);
    }

    /** {@code int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen)} */
    public static int getpeername(int sockfd, MemorySegment addr, MemorySegment addrlen) {
        return CFunction.keeping(GETPEERNAME.callInt(sockfd, addr.address(), addrlen.address()), addr, addrlen);
    }

    /** {@code int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen)} */
    public static int getsockopt(int sockfd, int level, int optname, MemorySegment optval, MemorySegment optlen) {
        return CFunction.keeping(
                GETSOCKOPT.callInt(sockfd, level, optname, optval.address(), optlen.address()), optval, optlen);
    }

    /** {@code int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen)} */
    public static int setsockopt(int sockfd, int level, int optname, MemorySegment optval, int optlen) {
        return CFunction.keeping(SETSOCKOPT.callInt(sockfd, level, optname, optval.address(), optlen), optval);
    }

    /** {@code int shutdown(int sockfd, int how)} */
    public static int shutdown(int sockfd, int how) {
        return SHUTDOWN.callInt(sockfd, how);
    }

    /**
     * {@code ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src_addr, socklen_t
     * *addrlen)}: into memory by address, which the caller keeps alive. The sender's address comes by address; 0 and 0
     * if it is not wanted, as recv(2).
     */
    public static long recvfrom(int sockfd, long buf, long len, int flags, long srcAddr, long addrlen) {
        return len > Unistd.CRITICAL_BYTES
                ? recvfromWaiting(sockfd, buf, len, flags, srcAddr, addrlen)
                : RECVFROM_NATIVE.criticalLong(sockfd, buf, len, flags, srcAddr, addrlen);
    }

    /** As the first, into memory by address, by a call that may wait: the caller keeps the memory alive. */
    public static long recvfromWaiting(int sockfd, long buf, long len, int flags, long srcAddr, long addrlen) {
        return RECVFROM_WAITING.callLong(sockfd, buf, len, flags, srcAddr, addrlen);
    }

    /**
     * As the first, into a segment: native memory by a call that may wait, whose arena cannot be closed meanwhile; an
     * array in place.
     */
    public static long recvfrom(int sockfd, MemorySegment buf, long len, int flags, long srcAddr, long addrlen) {
        return buf.isNative()
                ? RECVFROM.segmentLong(sockfd, buf, len, flags, srcAddr, addrlen)
                : RECVFROM_HEAP.heapLong(sockfd, buf, len, flags, srcAddr, addrlen);
    }

    /**
     * {@code ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr,
     * socklen_t addrlen)}: of memory by address, which the caller keeps alive. The receiver's address goes by address;
     * 0 and 0 for none, as send(2).
     */
    public static long sendto(int sockfd, long buf, long len, int flags, long destAddr, int addrlen) {
        return len > Unistd.CRITICAL_BYTES
                ? sendtoWaiting(sockfd, buf, len, flags, destAddr, addrlen)
                : SENDTO_NATIVE.criticalLong(sockfd, buf, len, flags, destAddr, addrlen);
    }

    /** As the first, of memory by address, by a call that may wait: the caller keeps the memory alive. */
    public static long sendtoWaiting(int sockfd, long buf, long len, int flags, long destAddr, int addrlen) {
        return SENDTO_WAITING.callLong(sockfd, buf, len, flags, destAddr, addrlen);
    }

    /**
     * As the first, of a segment: native memory by a call that may wait, whose arena cannot be closed meanwhile; an
     * array in place.
     */
    public static long sendto(int sockfd, MemorySegment buf, long len, int flags, long destAddr, int addrlen) {
        return buf.isNative()
                ? SENDTO.segmentLong(sockfd, buf, len, flags, destAddr, addrlen)
                : SENDTO_HEAP.heapLong(sockfd, buf, len, flags, destAddr, addrlen);
    }

    /**
     * {@code ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags)}, which keeps the arenas of the memory that msg
     * names from being closed meanwhile.
     */
    public static long recvmsg(int sockfd, MemorySegment msg, int flags, KeptArenas kept) {
        return kept.isEmpty()
                ? CFunction.keeping(RECVMSG.callLong(sockfd, msg.address(), flags), msg)
                : CFunction.keeping(RECVMSG_KEEPING.keptLong(sockfd, msg.address(), flags, kept), msg);
    }

    /**
     * {@code ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags)}, which keeps the arenas of the memory
     * that msg names from being closed meanwhile.
     */
    public static long sendmsg(int sockfd, MemorySegment msg, int flags, KeptArenas kept) {
        return kept.isEmpty()
                ? CFunction.keeping(SENDMSG.callLong(sockfd, msg.address(), flags), msg)
                : CFunction.keeping(SENDMSG_KEEPING.keptLong(sockfd, msg.address(), flags, kept), msg);
    }
}
