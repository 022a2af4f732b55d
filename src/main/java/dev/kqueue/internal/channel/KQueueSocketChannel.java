package dev.kqueue.internal.channel;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Quirk;
import dev.kqueue.internal.fd.Readiness;
import dev.kqueue.internal.javanet.AdaptedSocket;
import dev.kqueue.internal.javanet.SocketAdaptor;
import dev.kqueue.internal.jfr.FlightRecording;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.park.BlockingWait;
import dev.kqueue.internal.socket.SocketDomain;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * A stream socket.
 *
 * <p>Whether an operation waits, each of its system calls says by itself, and the mode is a field. The {@link
 * ConnectionState} says whether the channel is open, and how far it has got. Each direction has its {@link
 * IoDirection}; connecting takes both, input first. The connection's monitor comes after the directions, and is never
 * held over a wait.
 */
public final class KQueueSocketChannel extends SocketChannel implements PollableStream, StreamOwner, AdaptedSocket {
    private static final boolean RESET_FORGETS_ADDRESSES = Abi.HOST.has(Quirk.RESET_FORGETS_ADDRESSES);

    private final SocketDomain domain;
    private final ConnectionState connection;
    private final StreamInput input;
    private final StreamOutput output;

    /** Written under the connection's monitor; null while there are none, and of most channels always. */
    private volatile UnconnectedKeys unconnectedKeys;

    /** Made under the connection's monitor when it is first asked for. */
    private volatile Socket socket;

    /** A new socket, typed as the JDK's: the verifier loads a class that a method returns as another. */
    public static SocketChannel open(SelectorProvider provider, SocketDomain domain) throws IOException {
        return new KQueueSocketChannel(provider, domain);
    }

    private KQueueSocketChannel(SelectorProvider provider, SocketDomain domain) throws IOException {
        this(provider, domain, new ConnectionState(domain.streamSocket()));
    }

    /** A connection that was accepted. */
    public KQueueSocketChannel(SelectorProvider provider, SocketDomain domain, int fd, SocketAddress remote) {
        this(provider, domain, new ConnectionState(fd, remote));
        keepLocalAddress();
    }

    /** A connection in whatever stage. */
    public KQueueSocketChannel(SelectorProvider provider, SocketDomain domain, ConnectionState connection) {
        super(provider);
        this.domain = domain;
        this.connection = connection;
        if (domain.readsStopShort()) {
            connection.edge(Readiness.URGENT);
        }
        input = new StreamInput(this);
        output = new StreamOutput(this);
    }

    @Override
    public boolean isSocket() {
        return true;
    }

    @Override
    public void requireStream() throws ClosedChannelException {
        requireOpen();
        connection.requireConnected();
    }

    private void requireBlocking() {
        if (!isBlocking()) {
            throw new IllegalBlockingModeException();
        }
    }

    @Override
    public void beginBlocking() {
        begin();
    }

    @Override
    public void endBlocking(boolean completed) throws IOException {
        end(completed);
    }

    // ---- reading and writing

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return FlightRecording.isOn() ? recorded().read(dst) : input.read(dst);
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        return FlightRecording.isOn() ? recorded().read(dsts, offset, length) : input.read(dsts, offset, length);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return FlightRecording.isOn() ? recorded().write(src) : output.write(src);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        return FlightRecording.isOn() ? recorded().write(srcs, offset, length) : output.write(srcs, offset, length);
    }

    private RecordedStream recorded() {
        return new RecordedStream(input, output, connection);
    }

    /** For the socket's stream. */
    public StreamInput input() {
        return input;
    }

    /** For the socket's stream. */
    public StreamOutput output() {
        return output;
    }

    public ProtocolFamily family() {
        return domain.family();
    }

    // ---- connecting

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        SocketAddress checked = domain.checkRemote(remote);
        synchronized (input) {
            synchronized (output) {
                requireOpen();
                return connector().connect(checked, isBlocking(), BlockingWait.FOREVER);
            }
        }
    }

    /** A connect of the socket. */
    @Override
    public void connectBlocking(SocketAddress remote, long nanos) throws IOException {
        SocketAddress checked = domain.checkRemote(remote);
        synchronized (input) {
            synchronized (output) {
                requireOpen();
                requireBlocking();
                connector().connect(checked, true, nanos);
            }
        }
    }

    @Override
    public boolean finishConnect() throws IOException {
        synchronized (input) {
            synchronized (output) {
                return connector().finish();
            }
        }
    }

    private Connector connector() {
        return new Connector(this, domain, connection, output);
    }

    /** The keys that wait for the connection; null if there are none. */
    UnconnectedKeys unconnectedKeys() {
        return unconnectedKeys;
    }

    /** An event with EV_EOF has the error in its fflags, and SO_ERROR may have none: see {@link Quirk}. */
    @Override
    public int readyOps(KEventList events, int index, int interestOps) {
        UnconnectedKeys waiting = unconnectedKeys;
        if (waiting != null && (events.flags(index) & KEvent.EV_EOF) != 0 && events.fflags(index) != 0) {
            waiting.failed(events.fflags(index));
        }
        return PollableStream.super.readyOps(events, index, interestOps);
    }

    /** The connection is made. */
    void connected() {
        connection.endConnect();
        keepLocalAddress();
        // Read after the stage is written, under the monitor in which registered() looks at it.
        UnconnectedKeys waiting = unconnectedKeys;
        if (waiting != null) {
            waiting.lastStage();
            unconnectedKeys = null;
        }
    }

    @Override
    public boolean isConnected() {
        return isOpen() && connection.isConnected();
    }

    @Override
    public boolean isConnectionPending() {
        return isOpen() && connection.isPending();
    }

    // ---- half-close

    @Override
    public SocketChannel shutdownInput() throws IOException {
        synchronized (connection) {
            requireStream();
            if (!input.isShutdown()) {
                // Before the call: the operation that the call ends looks for the reason.
                input.shutdown();
                HalfClose.input(connection);
                input.wake();
            }
        }
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        synchronized (connection) {
            requireStream();
            if (!output.isShutdown()) {
                // Before the call: the operation that the call ends looks for the reason.
                output.shutdown();
                HalfClose.output(connection);
                output.wake();
            }
        }
        return this;
    }

    // ---- addresses

    @Override
    public SocketChannel bind(SocketAddress local) throws IOException {
        synchronized (connection) {
            requireOpen();
            connection.requireNotPending();
            connection.requireUnbound();
            SocketAddress checked = domain.checkLocal(local);
            int fd = connection.holdOpen();
            try {
                int result = domain.bind(fd, checked);
                if (result < 0) {
                    throw Errno.socketException(-result);
                }
                connection.bound();
            } finally {
                connection.release();
            }
        }
        return this;
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        requireOpen();
        return localAddress();
    }

    /**
     * The local address, asked of the kernel when it is first needed: most connections are accepted, served and closed
     * without being asked.
     */
    @Override
    public SocketAddress localAddress() throws IOException {
        SocketAddress known = connection.local();
        if (known != null || !connection.isBound()) {
            return known;
        }
        synchronized (connection) {
            known = connection.local();
            if (known == null && connection.hold()) {
                try {
                    known = domain.localAddress(connection.fd());
                    connection.setLocal(known);
                } finally {
                    connection.release();
                }
            }
            return known;
        }
    }

    /** Asks for the local address of a new connection where it cannot be asked for any more when the peer has reset. */
    private void keepLocalAddress() {
        if (RESET_FORGETS_ADDRESSES) {
            localAddressOrNull();
        }
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException {
        requireOpen();
        return connection.remote();
    }

    /** The remote address, also of a closed channel; null if it never began to connect. */
    @Override
    public SocketAddress remoteAddress() {
        return connection.remote();
    }

    @Override
    public boolean isBound() {
        return connection.isBound();
    }

    // ---- options

    @Override
    public <T> SocketChannel setOption(SocketOption<T> option, T value) throws IOException {
        domain.streamOptions().set(connection, option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return domain.streamOptions().get(connection, option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return domain.streamOptions().supported();
    }

    @Override
    public Socket socket() {
        domain.requireJavaNet();
        Socket made = socket;
        if (made == null) {
            synchronized (connection) {
                made = socket;
                if (made == null) {
                    made = SocketAdaptor.of(this);
                    socket = made;
                }
            }
        }
        return made;
    }

    // ---- what the socket asks

    @Override
    public SocketChannel channel() {
        return this;
    }

    @Override
    public int read(ByteBuffer dst, long nanos) throws IOException {
        return FlightRecording.isOn() ? recorded().read(dst, nanos) : input.read(dst, true, nanos);
    }

    @Override
    public void writeFully(ByteBuffer src) throws IOException {
        var _ = FlightRecording.isOn() ? recorded().writeFully(src) : output.write(src, true);
    }

    @Override
    public int available() throws IOException {
        return input.available();
    }

    @Override
    public void writeUrgent(byte data) throws IOException {
        output.writeUrgent(data);
    }

    @Override
    public boolean isInputShutdown() {
        return input.isShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return output.isShutdown();
    }

    // ---- what a selector asks

    @Override
    public ConnectionState owned() {
        return connection;
    }

    @Override
    public boolean isStreaming() {
        return connection.isConnected();
    }

    @Override
    public int readOps() {
        return isStreaming() ? SelectionKey.OP_READ : 0;
    }

    @Override
    public int writeOps() {
        return isStreaming() ? SelectionKey.OP_WRITE : connection.isPending() ? SelectionKey.OP_CONNECT : 0;
    }

    @Override
    public boolean reportsChanges() {
        return !isStreaming();
    }

    @Override
    public void registered(RegisteredKey registration) {
        synchronized (connection) {
            if (!isStreaming()) {
                if (unconnectedKeys == null) {
                    unconnectedKeys = new UnconnectedKeys();
                }
                unconnectedKeys.add(registration);
            }
        }
    }

    // ---- closing

    @Override
    protected void implConfigureBlocking(boolean block) {
        // Each call says by itself whether it waits. An operation in progress keeps the mode that it began with.
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        try {
            if (socket != null) {
                // Socket returns its local port after it is closed, too.
                localAddressOrNull();
            }
            if (connection.isConnected() && isRegistered()) {
                if (connection.isShared()) {
                    // shutdown(2) would end the stream of those who go on with the connection.
                    OpenSelectors.letGo(this);
                } else {
                    HalfClose.beforeClose(connection);
                }
            }
        } finally {
            try {
                connection.close();
            } finally {
                BlockingWait.endWaits(connection, input, output);
            }
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("java.nio.channels.SocketChannel[");
        if (!isOpen()) {
            return text.append("closed]").toString();
        }
        text.append(
                connection.isConnected() ? "connected" : connection.isPending() ? "connection-pending" : "unconnected");
        if (input.isShutdown()) {
            text.append(" ishut");
        }
        if (output.isShutdown()) {
            text.append(" oshut");
        }
        SocketAddress local = localAddressOrNull();
        if (local != null) {
            text.append(" local=").append(local);
        }
        SocketAddress remote = connection.remote();
        if (remote != null) {
            text.append(" remote=").append(remote);
        }
        return text.append(']').toString();
    }
}
