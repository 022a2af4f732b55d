package dev.kqueue.internal.channel;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Quirk;
import dev.kqueue.internal.fd.Readiness;
import dev.kqueue.internal.javanet.AdaptedSocket;
import dev.kqueue.internal.javanet.HostInfo;
import dev.kqueue.internal.javanet.SocketAdaptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.park.BlockingWait;
import dev.kqueue.internal.socket.Linger;
import dev.kqueue.internal.socket.PendingConnection;
import dev.kqueue.internal.socket.SocketDomain;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
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
    private static final boolean TAKES_SOCKET_ERRORS = Abi.HOST.has(Quirk.TAKES_SOCKET_ERRORS);

    private static final boolean RESET_FORGETS_ADDRESSES = Abi.HOST.has(Quirk.RESET_FORGETS_ADDRESSES);

    private final SocketDomain domain;
    private final ConnectionState connection;
    private final StreamInput input;
    private final StreamOutput output;

    /** Written under the connection's monitor; null while there are none, and of most channels always. */
    private volatile UnconnectedKeys unconnectedKeys;

    /** Made under the connection's monitor when it is first asked for. */
    private volatile Socket socket;

    /** A new socket. */
    public KQueueSocketChannel(SelectorProvider provider, SocketDomain domain) throws IOException {
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

    private void requireOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
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
        return input.read(dst);
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        return input.read(dsts, offset, length);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return output.write(src);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        return output.write(srcs, offset, length);
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
                return connect(checked, isBlocking(), BlockingWait.FOREVER);
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
                connect(checked, true, nanos);
            }
        }
    }

    private boolean connect(SocketAddress remote, boolean blocking, long nanos) throws IOException {
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
            if (connected) {
                connected();
            } else if (blocking) {
                throw new SocketTimeoutException("Connect timed out");
            } else if (unconnectedKeys != null) {
                unconnectedKeys.stageChanged();
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

    @Override
    public boolean finishConnect() throws IOException {
        synchronized (input) {
            synchronized (output) {
                try {
                    requireOpen();
                    if (connection.isConnected()) {
                        return true;
                    }
                    connection.requirePending();
                    boolean blocking = isBlocking();
                    boolean connected = false;
                    int fd = output.begin(blocking);
                    try {
                        connected = isMade(fd, blocking, BlockingWait.FOREVER);
                    } finally {
                        output.end(blocking, connected);
                    }
                    if (connected) {
                        connected();
                    }
                    return connected;
                } catch (IOException failure) {
                    throw HostInfo.withAddress(closedBy(failure), connection.remote());
                }
            }
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
            // What the answers were about may have been a dead socket.
            return false;
        }
        UnconnectedKeys waiting = unconnectedKeys;
        if (error == 0 && waiting != null) {
            error = waiting.error();
        }
        if (error != 0) {
            throw Errno.socketException(error);
        }
        if (TAKES_SOCKET_ERRORS && domain.findRemoteAddress(fd) == null) {
            // A kqueue of a virtual thread's has taken the error, which nobody knows any more.
            throw new ConnectException("Connection refused, or failed otherwise");
        }
        return true;
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

    private void connected() {
        connection.endConnect();
        keepLocalAddress();
        // Read after the stage is written, under the monitor in which registered() looks at it.
        UnconnectedKeys waiting = unconnectedKeys;
        if (waiting != null) {
            waiting.lastStage();
            unconnectedKeys = null;
        }
    }

    /** A connection that cannot be made closes the channel. */
    private IOException closedBy(IOException failure) {
        try {
            close();
        } catch (IOException suppressed) {
            failure.addSuppressed(suppressed);
        }
        return failure;
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
                // Before the call: the operation that the call ends shall know why.
                input.shutdown();
                shutdown(SysSocket.SHUT_RD);
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
                // Before the call: the operation that the call ends shall know why.
                output.shutdown();
                shutdown(SysSocket.SHUT_WR);
                output.wake();
            }
        }
        return this;
    }

    private void shutdown(int how) throws IOException {
        int fd = connection.holdOpen();
        try {
            int result = SysSocket.shutdown(fd, how);
            if (result < 0 && !isEnded(-result)) {
                throw Errno.socketException(-result);
            }
        } finally {
            connection.release();
        }
    }

    /**
     * Whether shutdown(2) says that the connection has ended, as when the peer has reset it: both directions are shut
     * down then, as was wanted. ENOTCONN everywhere; ECONNRESET of FreeBSD (tcp_usr_shutdown(), INP_DROPPED); EINVAL of
     * macOS (tcp_usr_shutdown(), INPCB_STATE_DEAD), NetBSD and OpenBSD, which have let go of the pcb.
     */
    private static boolean isEnded(int errno) {
        return errno == Errno.ENOTCONN || errno == Errno.ECONNRESET || errno == Errno.EINVAL;
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
     * without anybody asking. Null if the socket is not bound, or was closed unasked.
     */
    SocketAddress localAddress() throws IOException {
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
            localAddressIfTold();
        }
    }

    /** As {@link #localAddress}, but null if the kernel does not tell: {@link Quirk#RESET_FORGETS_ADDRESSES}. */
    @Override
    public SocketAddress localAddressIfTold() {
        try {
            return localAddress();
        } catch (IOException untold) {
            return null;
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
        return input.read(dst, true, nanos);
    }

    @Override
    public void writeFully(ByteBuffer src) throws IOException {
        output.write(src, true);
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
                // Socket tells its local port after it is closed, too.
                localAddressIfTold();
            }
            if (connection.isConnected() && isRegistered()) {
                if (connection.isShared()) {
                    // shutdown(2) would end the stream of those who go on with the connection.
                    OpenSelectors.letGo(this);
                } else {
                    endOutput();
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

    /**
     * Sends the peer the end of the stream that close(2) would send, as a selector's registration may put close(2) off
     * for long. But not if the program wants a reset instead (SO_LINGER 0).
     *
     * <p>None of these calls makes close fail: after a reset by the peer there is no connection left that they could be
     * about, and some kernels say so (NetBSD: EINVAL). Nothing is lost, as close(2) ends the output in any case.
     */
    private void endOutput() {
        if (!connection.hold()) {
            return;
        }
        try {
            int fd = connection.fd();
            // A failure is told as less than 0, which is "off".
            int linger = Linger.seconds(fd);
            if (linger != 0) {
                if (linger > 0) {
                    // close(2) would wait then, and it is the selecting thread that calls it.
                    Linger.setSeconds(fd, -1);
                }
                SysSocket.shutdown(fd, SysSocket.SHUT_WR);
            }
        } finally {
            connection.release();
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
        SocketAddress local = localAddressIfTold();
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
