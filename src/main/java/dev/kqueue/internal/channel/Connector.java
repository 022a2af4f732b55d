package dev.kqueue.internal.channel;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Quirk;
import dev.kqueue.internal.javanet.HostInfo;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.park.BlockingWait;
import dev.kqueue.internal.socket.PendingConnection;
import dev.kqueue.internal.socket.SocketDomain;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;

/**
 * Connects a stream socket: connect(2), the wait for the peer, and the result. The caller holds both directions of the
 * channel, and uses the object for one call. A connect that fails closes the channel.
 */
final class Connector {
    private static final boolean TAKES_SOCKET_ERRORS = Abi.HOST.has(Quirk.TAKES_SOCKET_ERRORS);

    private final KQueueSocketChannel channel;
    private final SocketDomain domain;
    private final ConnectionState connection;

    /** A socket becomes writable when its connection is made or has failed, so the output is what waits. */
    private final StreamOutput output;

    Connector(KQueueSocketChannel channel, SocketDomain domain, ConnectionState connection, StreamOutput output) {
        this.channel = channel;
        this.domain = domain;
        this.connection = connection;
        this.output = output;
    }

    /**
     * Begins a connection, and if blocking waits until it is made.
     *
     * @param nanos how long to wait at most; {@link BlockingWait#FOREVER} without limit
     * @return whether it is made
     */
    boolean connect(SocketAddress remote, boolean blocking, long nanos) throws IOException {
        connection.beginConnect(remote);
        try {
            boolean connected = false;
            int fd = output.begin(blocking);
            try {
                long deadline = IoDirection.deadline(nanos);
                int result = begin(fd, remote, IoDirection.waitsInCall(blocking, deadline) && connection.callsWait());
                while (blocking && domain.isFull(result) && output.pause(deadline)) {
                    result = domain.connect(fd, remote);
                }
                connected = result == 0 || (isBegun(result) && blocking && isMade(fd, true, deadline));
            } finally {
                output.end(blocking, connected);
            }
            UnconnectedKeys waiting = channel.unconnectedKeys();
            if (connected) {
                channel.connected();
            } else if (blocking) {
                throw new SocketTimeoutException("Connect timed out");
            } else if (waiting != null) {
                waiting.stageChanged();
            }
            return connected;
        } catch (IOException failure) {
            throw HostInfo.withAddress(closedBy(failure), remote);
        }
    }

    /** connect(2), which waits for the other side or not. */
    private int begin(int fd, SocketAddress remote, boolean waits) throws IOException {
        if (!waits) {
            int result = connection.setNonBlockingForNow();
            return result < 0 ? result : domain.connect(fd, remote);
        }
        long[] thread = output.enter();
        try {
            // What is begun and broken off goes on: see isBegun.
            return output.isClosing() ? -Errno.EINTR : domain.connect(fd, remote);
        } finally {
            output.leave(thread);
        }
    }

    private static boolean isBegun(int result) throws IOException {
        // A signal does not end what the kernel has begun.
        if (result != -Errno.EINPROGRESS && result != -Errno.EINTR) {
            throw Errno.socketException(-result);
        }
        return true;
    }

    /** As {@link java.nio.channels.SocketChannel#finishConnect}. */
    boolean finish() throws IOException {
        try {
            if (!channel.isOpen()) {
                throw new ClosedChannelException();
            }
            if (connection.isConnected()) {
                return true;
            }
            connection.requirePending();
            boolean blocking = channel.isBlocking();
            boolean connected = false;
            int fd = output.begin(blocking);
            try {
                connected = isMade(fd, blocking, BlockingWait.FOREVER);
            } finally {
                output.end(blocking, connected);
            }
            if (connected) {
                channel.connected();
            }
            return connected;
        } catch (IOException failure) {
            throw HostInfo.withAddress(closedBy(failure), connection.remote());
        }
    }

    /** Whether the connection is made; throws if it has failed. */
    private boolean isMade(int fd, boolean blocking, long deadline) throws IOException {
        while (!PendingConnection.isDecided(fd)) {
            if (!blocking || !output.await(deadline)) {
                return false;
            }
        }
        int error = PendingConnection.takeError(fd);
        if (output.isClosing()) {
            // The number may refer to a dead socket by now, and the result with it.
            return false;
        }
        UnconnectedKeys waiting = channel.unconnectedKeys();
        if (error == 0 && waiting != null) {
            error = waiting.error();
        }
        if (error != 0) {
            throw Errno.socketException(error);
        }
        if (TAKES_SOCKET_ERRORS && domain.findRemoteAddress(fd) == null) {
            // The kqueue of a virtual thread's poller has taken the error, and nothing has kept it.
            throw new ConnectException("Connection refused, or failed otherwise");
        }
        return true;
    }

    private IOException closedBy(IOException failure) {
        try {
            channel.close();
        } catch (IOException suppressed) {
            failure.addSuppressed(suppressed);
        }
        return failure;
    }
}
