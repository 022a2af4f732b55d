package dev.kqueue.internal.channel;

import dev.kqueue.internal.io.Buffers;
import dev.kqueue.internal.io.Datagrams;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.park.BlockingWait;
import dev.kqueue.internal.socket.Sockaddr;
import dev.kqueue.internal.socket.SocketDomain;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.Objects;

/** The sending side of a datagram channel. */
public final class DatagramOutput {
    /** One attempt to send a datagram, which does not wait: as {@link Datagrams#send(int, ByteBuffer, Sockaddr)}. */
    public interface Attempt {
        public int send(int fd, ByteBuffer src, Sockaddr to);
    }

    private final SelectableChannel channel;
    private final SocketDomain domain;
    private final DatagramState association;
    private final IoDirection<?> direction;

    // -- owned by the direction
    private final Sockaddr to = new Sockaddr();

    /** What {@link #to} says, so that it need not be written anew for each datagram to the same receiver. */
    private SocketAddress lastTarget;

    // -- end

    <C extends SelectableChannel & IoDirection.Owner> DatagramOutput(
            C channel, SocketDomain domain, DatagramState association) {
        this.channel = channel;
        this.domain = domain;
        this.association = association;
        this.direction = new IoDirection<>(channel, Poll.POLLOUT);
    }

    /** The turns of the senders. */
    IoDirection<?> direction() {
        return direction;
    }

    /** As {@link java.nio.channels.DatagramChannel#send}. */
    public int send(ByteBuffer src, SocketAddress target) throws IOException {
        return send(src, target, null);
    }

    /**
     * As the first.
     *
     * @param by how to send, or null for sendto(2). (A branch instead of a default lambda: the common path must not
     *     allocate.)
     */
    public int send(ByteBuffer src, SocketAddress target, Attempt by) throws IOException {
        Objects.requireNonNull(src);
        SocketAddress checked = domain.checkRemote(target);
        synchronized (direction) {
            requireOpen();
            SocketAddress connected = association.remote();
            if (connected == null) {
                domain.requireReachable(checked, "send");
                encode(checked);
            } else if (!connected.equals(target)) {
                throw new AlreadyConnectedException();
            }
            boolean blocking = channel.isBlocking();
            int n = -Errno.EAGAIN;
            int fd = direction.begin(blocking);
            try {
                do {
                    Sockaddr address = connected == null ? to : null;
                    n = by == null ? Datagrams.send(fd, src, address) : by.send(fd, src, address);
                } while ((connected == null && domain.isStale(n)) || again(n, connected != null, blocking));
            } finally {
                direction.end(blocking, n >= 0);
            }
            if (n >= 0) {
                association.boundBySending();
            }
            return (int) result(n, connected == null);
        }
    }

    /** As {@link IoDirection#again}; poll(2) reports room at the receiver only if the socket is connected to it. */
    private boolean again(long n, boolean connected, boolean blocking) throws IOException {
        return (domain.isFull((int) n) && !(connected && n == -Errno.EAGAIN))
                ? blocking && direction.pause(BlockingWait.FOREVER)
                : direction.again(n, blocking);
    }

    // By reference: equal Inet6Addresses may differ in their scope.
    @SuppressWarnings("ReferenceEquality")
    private void encode(SocketAddress target) throws IOException {
        if (target != lastTarget) {
            domain.encode(target, to);
            lastTarget = target;
        }
    }

    /** As {@link java.nio.channels.DatagramChannel#write(ByteBuffer)}; no bytes are no datagram here. */
    int write(ByteBuffer src) throws IOException {
        Objects.requireNonNull(src);
        synchronized (direction) {
            requireConnected();
            if (!src.hasRemaining()) {
                return 0;
            }
            boolean blocking = channel.isBlocking();
            int n = -Errno.EAGAIN;
            int fd = direction.begin(blocking);
            try {
                do {
                    n = Datagrams.send(fd, src, null);
                } while (again(n, true, blocking));
            } finally {
                direction.end(blocking, n >= 0);
            }
            return (int) result(n, false);
        }
    }

    /** As {@link java.nio.channels.DatagramChannel#write(ByteBuffer[], int, int)}; no bytes are no datagram here. */
    long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, srcs.length);
        synchronized (direction) {
            requireConnected();
            if (Buffers.asked(srcs, offset, length) == 0) {
                return 0;
            }
            boolean blocking = channel.isBlocking();
            long n = -Errno.EAGAIN;
            int fd = direction.begin(blocking);
            try {
                do {
                    n = Datagrams.send(fd, srcs, offset, length);
                } while (again(n, true, blocking));
            } finally {
                direction.end(blocking, n >= 0);
            }
            return result(n, false);
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void requireConnected() throws ClosedChannelException {
        requireOpen();
        association.requireConnected();
    }

    private long result(long n, boolean addressed) throws IOException {
        if (n == -Errno.EAGAIN || domain.isFull((int) n)) {
            return 0;
        }
        if (n < 0) {
            throw domain.datagramFailure((int) -n, addressed);
        }
        return n;
    }
}
