package dev.kqueue.nio;

import java.net.SocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;

/**
 * How far a connection has got. It only grows: no stage is gone back to, and a connection's addresses are final.
 * Whether the channel is open is the {@link Descriptor}'s to say.
 *
 * <p>Written under the monitor of this object, which orders bind, the stages and the half-closes of a channel among
 * each other; may be read without.
 */
final class ConnectionState {
    private enum Stage {
        UNCONNECTED,
        PENDING,
        CONNECTED
    }

    /** In the place of a local address that the kernel has not been asked for. */
    @SuppressWarnings("serial") // never written
    private static final SocketAddress UNASKED = new SocketAddress() {};

    // -- written under the monitor
    private volatile Stage stage;

    /** Null if the socket is not bound. */
    private volatile SocketAddress local;

    private volatile SocketAddress remote;

    // -- end

    /** The state of a new socket. */
    ConnectionState() {
        stage = Stage.UNCONNECTED;
    }

    /** The state of a connection that was accepted. */
    ConnectionState(SocketAddress remote) {
        this.remote = remote;
        local = UNASKED;
        stage = Stage.CONNECTED;
    }

    boolean isConnected() {
        return stage == Stage.CONNECTED;
    }

    boolean isPending() {
        return stage == Stage.PENDING;
    }

    void requireConnected() {
        if (stage != Stage.CONNECTED) {
            throw new NotYetConnectedException();
        }
    }

    void requirePending() {
        if (stage != Stage.PENDING) {
            throw new NoConnectionPendingException();
        }
    }

    void requireNotPending() {
        if (stage == Stage.PENDING) {
            throw new ConnectionPendingException();
        }
    }

    /** From unconnected to pending. */
    synchronized void beginConnect(SocketAddress to) {
        if (stage == Stage.CONNECTED) {
            throw new AlreadyConnectedException();
        }
        requireNotPending();
        remote = to;
        stage = Stage.PENDING;
    }

    /** From pending to connected. */
    synchronized void endConnect() {
        assert stage == Stage.PENDING;
        // It may have been bound to a wildcard; a connection has one address.
        local = UNASKED;
        stage = Stage.CONNECTED;
    }

    boolean isBound() {
        return local != null;
    }

    void requireUnbound() {
        if (local != null) {
            throw new AlreadyBoundException();
        }
    }

    void bound() {
        assert Thread.holdsLock(this);
        local = UNASKED;
    }

    /** The address connected to, or that a connection is being made to; null before. */
    SocketAddress remote() {
        return remote;
    }

    /** The local address if the kernel has been asked for it. */
    @SuppressWarnings("ReferenceEquality") // one object means it
    SocketAddress local() {
        SocketAddress known = local;
        return known == UNASKED ? null : known;
    }

    void setLocal(SocketAddress address) {
        assert Thread.holdsLock(this);
        local = address;
    }
}
