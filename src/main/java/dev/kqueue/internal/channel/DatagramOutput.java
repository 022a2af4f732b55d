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
import java.util.Objects;

/** The sending side of a datagram channel. */
public final class DatagramOutput extends DatagramDirection {
    /** One attempt to send a datagram, which does not wait: as {@link Datagrams#send(int, ByteBuffer, Sockaddr)}. */
    public interface SendAttempt {
        public int send(int fd, ByteBuffer src, Sockaddr to);
    }

    // -- owned by the direction
    private final Sockaddr to = new Sockaddr();

    /** What {@link #to} says, so that it need not be written anew for each datagram to the same receiver. */
    private SocketAddress lastTarget;

    // -- end

    DatagramOutput(IoDirection.Owner channel, SocketDomain domain, DatagramState state) {
        super(channel, domain, state, Poll.POLLOUT);
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
    public int send(ByteBuffer src, SocketAddress target, SendAttempt by) throws IOException {
        Objects.requireNonNull(src);
        SocketAddress checked = domain.checkRemote(target);
        synchronized (this) {
            owner.requireOpen();
            SocketAddress connected = state.remote();
            if (connected == null) {
                domain.requireReachable(checked, "send");
                encode(checked);
            } else if (!connected.equals(target)) {
                throw new AlreadyConnectedException();
            }
            int n = put(src, connected == null ? to : null, by);
            if (n >= 0) {
                state.boundBySending();
            }
            return (int) result(n, connected == null);
        }
    }

    /**
     * @param address null to where the socket is connected
     */
    private int put(ByteBuffer src, Sockaddr address, SendAttempt by) throws IOException {
        boolean connected = address == null;
        boolean blocking = owner.isBlocking();
        int n = -Errno.EAGAIN;
        int fd = begin(blocking);
        try {
            do {
                n = by == null ? Datagrams.send(fd, src, address) : by.send(fd, src, address);
            } while ((!connected && domain.isStale(n)) || again(n, connected, blocking));
        } finally {
            end(blocking, n >= 0);
        }
        return n;
    }

    /** As {@link IoDirection#again}; poll(2) reports room at the receiver only if the socket is connected to it. */
    private boolean again(long n, boolean connected, boolean blocking) throws IOException {
        return (domain.isFull((int) n) && !(connected && n == -Errno.EAGAIN))
                ? blocking && pause(BlockingWait.FOREVER)
                : again(n, blocking);
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
        synchronized (this) {
            requireConnected();
            if (!src.hasRemaining()) {
                return 0;
            }
            return (int) result(put(src, null, null), false);
        }
    }

    /** As {@link java.nio.channels.DatagramChannel#write(ByteBuffer[], int, int)}; no bytes are no datagram here. */
    long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, srcs.length);
        synchronized (this) {
            requireConnected();
            if (Buffers.asked(srcs, offset, length) == 0) {
                return 0;
            }
            boolean blocking = owner.isBlocking();
            long n = -Errno.EAGAIN;
            int fd = begin(blocking);
            try {
                do {
                    n = Datagrams.send(fd, srcs, offset, length);
                } while (again(n, true, blocking));
            } finally {
                end(blocking, n >= 0);
            }
            return result(n, false);
        }
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
