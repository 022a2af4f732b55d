package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.socket.SocketDomain;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;

/**
 * The addresses of a datagram socket: the one it is bound to, and the one it is connected to.
 *
 * <p>Written under the monitor of this object; may be read without. To connect and to disconnect takes both directions
 * as well, so that an operation in progress keeps the state that it began with.
 */
public final class DatagramState {
    private final SocketDomain domain;
    private final Descriptor descriptor;

    // -- written under the monitor
    private volatile boolean bound;
    private volatile SocketAddress local;
    private volatile SocketAddress remote;

    /** The address that the socket was bound to when it was connected; null if it was not. */
    private SocketAddress before;

    // -- end

    DatagramState(SocketDomain domain, Descriptor descriptor) {
        this.domain = domain;
        this.descriptor = descriptor;
    }

    /** The state of a socket that was bound elsewhere, and perhaps connected. */
    public static DatagramState of(SocketDomain domain, Descriptor descriptor, int fd) throws IOException {
        DatagramState state = new DatagramState(domain, descriptor);
        state.bound = true;
        state.remote = domain.findRemoteAddress(fd);
        return state;
    }

    boolean isBound() {
        return bound;
    }

    /** The address that the socket is connected to, or null. */
    SocketAddress remote() {
        return remote;
    }

    /** The address that the socket is connected to. */
    SocketAddress requireConnected() {
        SocketAddress connected = remote;
        if (connected == null) {
            throw new NotYetConnectedException();
        }
        return connected;
    }

    /** bind(2). */
    synchronized void bind(SocketAddress address) throws IOException {
        int fd = descriptor.holdOpen();
        try {
            if (bound) {
                throw new AlreadyBoundException();
            }
            check(domain.bind(fd, domain.checkLocal(address)));
            bound = true;
        } finally {
            descriptor.release();
        }
    }

    /** Binds to any address if the socket is not bound yet: there is nothing to receive before. */
    void ensureBound() throws IOException {
        if (!bound) {
            synchronized (this) {
                if (!bound) {
                    bind(null);
                }
            }
        }
    }

    /** Notes that the kernel has bound the socket by itself, by sending. */
    void boundBySending() {
        if (!bound) {
            synchronized (this) {
                bound = true;
            }
        }
    }

    /** connect(2). */
    synchronized void connect(SocketAddress to) throws IOException {
        int fd = descriptor.holdOpen();
        try {
            if (remote != null) {
                throw new AlreadyConnectedException();
            }
            SocketAddress checked = domain.checkRemote(to);
            domain.requireReachable(checked, "connect");
            before = local();
            check(domain.connect(fd, checked));
            bound = true;
            local = null;
            remote = to;
        } finally {
            descriptor.release();
        }
    }

    /**
     * Takes the connection back, and gives the socket the address again that it had before.
     *
     * @return whether the kernel had to be given a new socket for that, under the old number: one without memberships,
     *     and without knotes
     */
    synchronized boolean disconnect() throws IOException {
        int fd = descriptor.holdOpen();
        try {
            SocketAddress connected = local();
            check(domain.disconnect(fd));
            remote = null;
            local = null;
            SocketAddress wanted = before != null ? before : domain.anyWithPortOf(connected);
            SocketAddress left = local();
            // Linux takes back the port as well if it was not asked for by number, and another socket may get it.
            if (domain.isUnbound(left)) {
                local = null;
                check(domain.bind(fd, wanted));
                return false;
            }
            // macOS and the BSDs keep the port and take back the address (udp_disconnect(), in_pcbdisconnect()): the
            // socket would receive from every interface. No socket can be bound twice there.
            if (!SysSocket.IS_BSD || left.equals(wanted)) {
                return false;
            }
            local = null;
            domain.renewDatagramSocket(fd);
            check(domain.bind(fd, wanted));
            return true;
        } finally {
            descriptor.release();
        }
    }

    /**
     * The local address, asked of the kernel when it is first needed; null if the socket is not bound.
     *
     * @throws ClosedChannelException if it is closed, and was before the address was first asked for
     */
    SocketAddress local() throws IOException {
        SocketAddress known = local;
        if (known != null || !bound) {
            return known;
        }
        synchronized (this) {
            if (local == null) {
                int fd = descriptor.holdOpen();
                try {
                    local = domain.localAddress(fd);
                } finally {
                    descriptor.release();
                }
            }
            return local;
        }
    }

    private static void check(int result) throws IOException {
        if (result < 0) {
            throw Errno.socketException(-result);
        }
    }
}
