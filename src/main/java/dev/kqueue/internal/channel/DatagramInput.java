package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
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
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.Objects;

/** The receiving side of a datagram channel. */
public final class DatagramInput {
    /** One attempt to take a datagram, which does not wait: as {@link Datagrams#receive(int, ByteBuffer, Sockaddr)}. */
    public interface Attempt {
        public int receive(int fd, ByteBuffer dst, Sockaddr from);
    }

    private final SelectableChannel channel;
    private final SocketDomain domain;
    private final DatagramState association;
    private final IoDirection<?> direction;

    // -- owned by the direction
    private final Sockaddr from = new Sockaddr();

    /** Who sent the last datagram, as the kernel and as Java writes it: most senders send more than one. */
    private final Sockaddr last = new Sockaddr();

    private SocketAddress lastSender;

    // -- end

    <C extends SelectableChannel & IoDirection.Owner> DatagramInput(
            C channel, SocketDomain domain, DatagramState association) {
        this.channel = channel;
        this.domain = domain;
        this.association = association;
        this.direction = new IoDirection<>(channel, Poll.POLLIN);
    }

    /** The turns of the receivers. */
    IoDirection<?> direction() {
        return direction;
    }

    /**
     * As {@link java.nio.channels.DatagramChannel#receive}, for no longer than the given time; null if the time has
     * passed, or at once if the channel does not block and there is none.
     */
    public SocketAddress receive(ByteBuffer dst, long nanos) throws IOException {
        return receive(dst, nanos, null);
    }

    /**
     * As the first.
     *
     * @param by how to receive, or null for recvfrom(2). (A branch instead of a default lambda: the common path must
     *     not allocate.)
     */
    public SocketAddress receive(ByteBuffer dst, long nanos, Attempt by) throws IOException {
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        synchronized (direction) {
            requireOpen();
            association.ensureBound();
            SocketAddress connected = association.remote();
            boolean blocking = channel.isBlocking();
            long deadline = IoDirection.deadline(nanos);
            int n = -Errno.EAGAIN;
            int fd = direction.begin(blocking);
            try {
                Descriptor socket = direction.owner.owned();
                boolean inCall =
                        by == null
                                && IoDirection.waitsInCall(blocking, deadline)
                                && socket.callsWait()
                                && Datagrams.canReceiveWaiting(dst);
                do {
                    if (inCall) {
                        n = Datagrams.receiveWaiting(direction, socket, dst, from);
                        inCall = n != -Errno.EAGAIN || socket.callsWaitNow();
                    } else {
                        n = by == null ? Datagrams.receive(fd, dst, from) : by.receive(fd, dst, from);
                    }
                } while ((connected == null && domain.isStale(n)) || direction.again(n, blocking, deadline));
            } finally {
                direction.end(blocking, n >= 0);
            }
            if (n == -Errno.EAGAIN) {
                return null;
            }
            check(n, true);
            return connected != null ? connected : sender();
        }
    }

    private SocketAddress sender() throws IOException {
        if (lastSender == null || !from.isSame(last)) {
            lastSender = domain.decode(from);
            last.copyFrom(from);
        }
        return lastSender;
    }

    /** As {@link java.nio.channels.DatagramChannel#read(ByteBuffer)}. */
    int read(ByteBuffer dst) throws IOException {
        Objects.requireNonNull(dst);
        synchronized (direction) {
            requireConnected();
            if (dst.isReadOnly()) {
                throw new IllegalArgumentException("Read-only buffer");
            }
            if (!dst.hasRemaining()) {
                return 0;
            }
            boolean blocking = channel.isBlocking();
            int n = -Errno.EAGAIN;
            int fd = direction.begin(blocking);
            try {
                Descriptor socket = direction.owner.owned();
                boolean inCall =
                        IoDirection.waitsInCall(blocking, BlockingWait.FOREVER)
                                && socket.callsWait()
                                && Datagrams.canReceiveWaiting(dst);
                do {
                    if (inCall) {
                        n = Datagrams.receiveWaiting(direction, socket, dst, from);
                        inCall = n != -Errno.EAGAIN || socket.callsWaitNow();
                    } else {
                        n = Datagrams.receive(fd, dst, from);
                    }
                } while (direction.again(n, blocking));
            } finally {
                direction.end(blocking, n >= 0);
            }
            return (int) result(n);
        }
    }

    /** As {@link java.nio.channels.DatagramChannel#read(ByteBuffer[], int, int)}. */
    long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, dsts.length);
        synchronized (direction) {
            requireConnected();
            if (Buffers.asked(dsts, offset, length) == 0) {
                return 0;
            }
            boolean blocking = channel.isBlocking();
            long n = -Errno.EAGAIN;
            int fd = direction.begin(blocking);
            try {
                do {
                    n = Datagrams.receive(fd, dsts, offset, length);
                } while (direction.again(n, blocking));
            } finally {
                direction.end(blocking, n >= 0);
            }
            return result(n);
        }
    }

    /** Throws away what has come so far; the caller holds the direction and the descriptor. */
    void discard(int fd) {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        int n;
        do {
            n = Datagrams.receive(fd, nothing, from);
        } while (n >= 0);
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

    private long result(long n) throws IOException {
        if (n == -Errno.EAGAIN) {
            return 0;
        }
        check(n, false);
        return n;
    }

    private void check(long n, boolean addressed) throws IOException {
        if (n < 0) {
            throw domain.datagramFailure((int) -n, addressed);
        }
    }
}
