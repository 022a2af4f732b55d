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
import java.util.Objects;

/** The receiving side of a datagram channel. */
public final class DatagramInput extends DatagramDirection {
    /** One attempt to take a datagram, which does not wait: as {@link Datagrams#receive(int, ByteBuffer, Sockaddr)}. */
    public interface ReceiveAttempt {
        public int receive(int fd, ByteBuffer dst, Sockaddr from);
    }

    // -- owned by the direction
    private final Sockaddr from = new Sockaddr();

    /** The sender of the last datagram, as the kernel and as Java writes it: most senders send more than one. */
    private final Sockaddr last = new Sockaddr();

    private SocketAddress lastSender;

    // -- end

    DatagramInput(IoDirection.Owner channel, SocketDomain domain, DatagramState state) {
        super(channel, domain, state, Poll.POLLIN);
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
    public SocketAddress receive(ByteBuffer dst, long nanos, ReceiveAttempt by) throws IOException {
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        synchronized (this) {
            owner.requireOpen();
            state.ensureBound();
            SocketAddress connected = state.remote();
            int n = take(dst, connected != null, owner.isBlocking(), deadline(nanos), by);
            if (n == -Errno.EAGAIN) {
                return null;
            }
            check(n, true);
            return connected != null ? connected : sender();
        }
    }

    private int take(ByteBuffer dst, boolean connected, boolean blocking, long deadline, ReceiveAttempt by)
            throws IOException {
        int n = -Errno.EAGAIN;
        int fd = begin(blocking);
        try {
            Descriptor socket = owner.owned();
            boolean inCall =
                    by == null
                            && waitsInCall(blocking, deadline)
                            && socket.callsWait()
                            && Datagrams.canReceiveWaiting(dst);
            do {
                if (inCall) {
                    n = Datagrams.receiveWaiting(this, socket, dst, from);
                    inCall = n != -Errno.EAGAIN || socket.callsWaitNow();
                } else {
                    n = by == null ? Datagrams.receive(fd, dst, from) : by.receive(fd, dst, from);
                }
            } while ((!connected && domain.isStale(n)) || again(n, blocking, deadline));
        } finally {
            end(blocking, n >= 0);
        }
        return n;
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
        synchronized (this) {
            requireConnected();
            if (dst.isReadOnly()) {
                throw new IllegalArgumentException("Read-only buffer");
            }
            if (!dst.hasRemaining()) {
                return 0;
            }
            int n = take(dst, true, owner.isBlocking(), BlockingWait.FOREVER, null);
            return (int) result(n);
        }
    }

    /** As {@link java.nio.channels.DatagramChannel#read(ByteBuffer[], int, int)}. */
    long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, dsts.length);
        synchronized (this) {
            requireConnected();
            if (Buffers.asked(dsts, offset, length) == 0) {
                return 0;
            }
            boolean blocking = owner.isBlocking();
            long n = -Errno.EAGAIN;
            int fd = begin(blocking);
            try {
                do {
                    n = Datagrams.receive(fd, dsts, offset, length);
                } while (again(n, blocking));
            } finally {
                end(blocking, n >= 0);
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
