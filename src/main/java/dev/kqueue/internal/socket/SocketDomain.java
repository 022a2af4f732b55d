package dev.kqueue.internal.socket;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.fd.SendFlag;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;

/**
 * What a socket's protocol family decides: which addresses it takes and how they lie in memory, which options it has.
 * The first argument of socket(2), as an object; channels ask it and never look at the family themselves.
 *
 * <p>Addresses given to {@link #bind} and {@link #connect} have passed {@link #checkLocal} and {@link #checkRemote}
 * before, outside of any lock.
 */
public abstract class SocketDomain {
    private static final Struct SOCKADDR = Abi.HOST.struct("sockaddr");
    private static final Field FAMILY = SOCKADDR.field("sa_family");

    /** The domain of a channel that is opened without a family: IPv6 with IPv4 on it, if there is IPv6. */
    public static SocketDomain preferred() {
        return InetDomain.preferred();
    }

    /**
     * The domain of a family that a program names.
     *
     * @throws UnsupportedOperationException if there is none
     */
    public static SocketDomain of(ProtocolFamily family) {
        if (family == null) {
            throw new NullPointerException("'family' is null");
        }
        if (family == StandardProtocolFamily.INET) {
            return InetDomain.IN;
        }
        if (family == StandardProtocolFamily.INET6 && InetDomain.hasIn6()) {
            return InetDomain.IN6;
        }
        if (family == StandardProtocolFamily.UNIX) {
            return UnixDomain.UNIX;
        }
        throw new UnsupportedOperationException("Protocol family not supported");
    }

    /** The domain of a socket that was made elsewhere; null if its family is none of these. */
    public static SocketDomain ofSocket(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Sockaddr address = new Sockaddr(arena);
            int result = SysSocket.getsockname(fd, address.memory(), address.roomForAddress());
            if (result < 0) {
                throw Errno.socketException(-result);
            }
            int family = address.family();
            if (family == SysSocket.AF_INET) {
                return InetDomain.IN;
            }
            if (family == SysSocket.AF_UNIX) {
                return UnixDomain.UNIX;
            }
            return family == SysSocket.AF_INET6 ? InetDomain.IN6 : null;
        }
    }

    public abstract ProtocolFamily family();

    /** Opens a SOCK_STREAM socket to connect with. */
    public abstract int streamSocket() throws IOException;

    /** Opens a SOCK_STREAM socket to listen with. */
    public abstract int listenerSocket() throws IOException;

    /** Opens a SOCK_DGRAM socket. */
    public abstract int datagramSocket() throws IOException;

    /**
     * The address to bind to: null becomes "any".
     *
     * @throws java.nio.channels.UnsupportedAddressTypeException if it is of another family
     * @throws java.nio.channels.UnresolvedAddressException if it is a name
     */
    public abstract SocketAddress checkLocal(SocketAddress local);

    /** The address to connect or send to, checked as in {@link #checkLocal}; "any" becomes the loopback address. */
    public abstract SocketAddress checkRemote(SocketAddress remote);

    /**
     * Writes a checked address into memory and sets its length.
     *
     * @throws SocketException if it does not fit into a {@code struct sockaddr}
     */
    public abstract void encode(SocketAddress address, Sockaddr into) throws SocketException;

    /** Reads the address that a call has put into memory. */
    public abstract SocketAddress decode(Sockaddr from) throws IOException;

    /**
     * Checks that there can be a socket of java.net for a channel of this domain.
     *
     * @throws UnsupportedOperationException if not
     */
    public abstract void requireJavaNet();

    /**
     * Whether a call found the other side's queue full where poll(2) does not report room in it: then there is nothing
     * to wait for but time.
     */
    public abstract boolean isFull(int result);

    /** Whether a read may stop short of bytes that have come, so that less than was asked for does not mean no more. */
    public abstract boolean readsStopShort();

    public abstract SocketOptions streamOptions();

    public abstract SocketOptions listenerOptions();

    public abstract SocketOptions datagramOptions();

    // ---- of datagrams

    /**
     * Checks that a datagram can be sent to a checked address at all.
     *
     * @param what what the program wants to do there: {@code send}, {@code connect}
     * @throws SocketException if not
     */
    public abstract void requireReachable(SocketAddress remote, String what) throws SocketException;

    /** Whether the address of a socket says that the kernel has taken its binding back. */
    public abstract boolean isUnbound(SocketAddress local);

    /** The address to bind to if the socket is to keep nothing of an address but its port. */
    public abstract SocketAddress anyWithPortOf(SocketAddress local);

    /** Whether a result of a socket that is not connected is about a connection it had before. */
    public abstract boolean isStale(int result);

    /**
     * The exception of receiving or sending for an errno.
     *
     * @param addressed whether with an address, as recvfrom(2) and sendto(2); else it was a read or a write
     */
    public abstract IOException datagramFailure(int errno, boolean addressed);

    /**
     * Checks that a socket can join a group.
     *
     * @throws IllegalArgumentException if the group is of another family
     * @throws UnsupportedOperationException if there are no groups
     */
    public abstract void requireGroup(InetAddress group);

    // ---- calls

    /** bind(2): 0 or -errno. */
    public int bind(int fd, SocketAddress local) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            Sockaddr address = new Sockaddr(arena);
            encode(local, address);
            return SysSocket.bind(fd, address.memory(), address.length());
        }
    }

    /** bind(2) of a listener, to an address that the program has given or null: 0 or -errno. */
    public int bindListener(int fd, SocketAddress local) throws SocketException {
        return bind(fd, checkLocal(local));
    }

    /** connect(2): 0, -EINPROGRESS or another -errno. */
    public int connect(int fd, SocketAddress remote) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            Sockaddr address = new Sockaddr(arena);
            encode(remote, address);
            return SysSocket.connect(fd, address.memory(), address.length());
        }
    }

    /** connect(2) to no address, which takes the connection of a datagram socket back: 0 or -errno. */
    public int disconnect(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            Sockaddr address = new Sockaddr(arena);
            FAMILY.set(address.memory(), 0, SysSocket.AF_UNSPEC);
            int result = SysSocket.connect(fd, address.memory(), SOCKADDR.size());
            if (result >= 0) {
                return result;
            }
            // The BSDs and macOS disconnect, and then complain of the address (connect(2), EAFNOSUPPORT).
            int peer = SysSocket.getpeername(fd, address.memory(), address.roomForAddress());
            return peer < 0 ? 0 : result;
        }
    }

    /**
     * Puts a new datagram socket with the same options in the place of one, under the same number: dup2(2). What is
     * left of the old one is closed, its knotes with it.
     */
    public void renewDatagramSocket(int fd) throws IOException {
        int fresh = datagramSocket();
        try {
            datagramOptions().copy(fd, fresh);
            int result = Unistd.dup2(fresh, fd);
            if (result >= 0) {
                result = Fcntl.fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
            }
            if (result < 0) {
                throw Errno.socketException(-result);
            }
        } finally {
            Unistd.close(fresh);
        }
    }

    /** accept(2): the new descriptor or -errno; {@link #decode} gives whose it is. */
    public int accept(int fd, Sockaddr peer) {
        return SysSocket.accept(fd, peer.memory(), peer.roomForAddress(), !SendFlag.SUFFICES);
    }

    /** getsockname(2). */
    public SocketAddress localAddress(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Sockaddr address = new Sockaddr(arena);
            int result = SysSocket.getsockname(fd, address.memory(), address.roomForAddress());
            if (result < 0) {
                throw Errno.socketException(-result);
            }
            return decode(address);
        }
    }

    /** getpeername(2). */
    public SocketAddress remoteAddress(int fd) throws IOException {
        SocketAddress remote = findRemoteAddress(fd);
        if (remote == null) {
            throw Errno.socketException(Errno.ENOTCONN);
        }
        return remote;
    }

    /** getpeername(2); null if the socket is not connected. */
    public SocketAddress findRemoteAddress(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Sockaddr address = new Sockaddr(arena);
            int result = SysSocket.getpeername(fd, address.memory(), address.roomForAddress());
            if (result == -Errno.ENOTCONN) {
                return null;
            }
            if (result < 0) {
                throw Errno.socketException(-result);
            }
            return decode(address);
        }
    }

    /** socket(2) of this domain: without O_NONBLOCK, if the calls can say by themselves that they must not wait. */
    static int socket(int domain, int type) throws IOException {
        int fd = SysSocket.socket(domain, type, 0, !SendFlag.SUFFICES);
        if (fd < 0) {
            throw Errno.socketException(-fd);
        }
        return fd;
    }
}
