package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;

import java.net.SocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.util.function.IntUnaryOperator;

/**
 * The descriptor of a stream socket, and how far its connection has got. That only grows: no stage is gone back to, and
 * a connection's addresses are final. Whether the channel is open is the {@link Descriptor}'s to say. One object, since
 * idle connections are many, and each read and write asks both.
 *
 * <p>The two addresses say which stage it is: there is no remote one before connect, and a mark stands in the place of
 * the local one while the connection is pending.
 *
 * <pre>
 *                  local                                  remote
 *   unconnected    null, {@link #UNASKED} or the address          null
 *   pending        {@link #PENDING} or {@link #PENDING_BOUND}               there
 *   connected      {@link #UNASKED} or the address                there
 * </pre>
 *
 * <p>Written under the monitor of this object, which orders bind, the stages and the half-closes of a channel among
 * each other; may be read without. Who reads the remote address before the local one finds one of these three: the mark
 * is there before the remote address is, and when it is gone, the connection is made.
 */
@SuppressWarnings({"ReferenceEquality", "serial"}) // the marks are equal to themselves alone, and never written
public class ConnectionState extends Descriptor {
    /** In the place of a local address that the kernel has not been asked for. */
    private static final SocketAddress UNASKED = new SocketAddress() {};

    /** A connection is being made. */
    private static final SocketAddress PENDING = new SocketAddress() {};

    /** The same, of a socket that was bound before. */
    private static final SocketAddress PENDING_BOUND = new SocketAddress() {};

    // -- written under the monitor
    private volatile SocketAddress local;
    private volatile SocketAddress remote;

    // -- end

    /** A new socket. */
    ConnectionState(int fd) {
        super(fd);
    }

    /** A connection that was accepted. */
    ConnectionState(int fd, SocketAddress remote) {
        super(fd);
        made(remote);
    }

    private ConnectionState(int fd, boolean fresh) {
        super(fd, fresh);
    }

    /** As {@link Descriptor#claimed}. */
    public static ConnectionState claimed(int fd, IntUnaryOperator closer) {
        ConnectionState connection =
                new ConnectionState(fd, false) {
                    @Override
                    public int closeNumber(int number) {
                        return closeClaimed(number, closer);
                    }
                };
        connection.markShared();
        return connection;
    }

    /** The socket was connected before this object was made. Called before another thread can see the object. */
    public final void made(SocketAddress to) {
        local = UNASKED;
        remote = to;
    }

    final boolean isConnected() {
        return remote != null && !isMarked(local);
    }

    final boolean isPending() {
        return remote != null && isMarked(local);
    }

    private static boolean isMarked(SocketAddress local) {
        return local == PENDING || local == PENDING_BOUND;
    }

    final void requireConnected() {
        if (!isConnected()) {
            throw new NotYetConnectedException();
        }
    }

    final void requirePending() {
        if (!isPending()) {
            throw new NoConnectionPendingException();
        }
    }

    final void requireNotPending() {
        if (isPending()) {
            throw new ConnectionPendingException();
        }
    }

    /** From unconnected to pending. */
    final synchronized void beginConnect(SocketAddress to) {
        if (isConnected()) {
            throw new AlreadyConnectedException();
        }
        requireNotPending();
        local = local == null ? PENDING : PENDING_BOUND;
        remote = to;
    }

    /** From pending to connected. */
    final synchronized void endConnect() {
        assert isPending();
        // It may have been bound to a wildcard; a connection has one address.
        local = UNASKED;
    }

    final boolean isBound() {
        SocketAddress known = local;
        return known != null && known != PENDING;
    }

    final void requireUnbound() {
        if (isBound()) {
            throw new AlreadyBoundException();
        }
    }

    final void bound() {
        assert Thread.holdsLock(this) && !isPending();
        local = UNASKED;
    }

    /** The address connected to, or that a connection is being made to; null before. */
    final SocketAddress remote() {
        return remote;
    }

    /** The local address if the kernel has been asked for it. */
    final SocketAddress local() {
        SocketAddress known = local;
        return known == UNASKED || isMarked(known) ? null : known;
    }

    /** Keeps what the kernel has told; not while a connection is pending, which may change it. */
    final void setLocal(SocketAddress address) {
        assert Thread.holdsLock(this);
        if (local == UNASKED) {
            local = address;
        }
    }
}
