package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.javanet.AdaptedDatagramSocket;
import dev.kqueue.internal.javanet.DatagramSocketAdaptor;
import dev.kqueue.internal.park.BlockingWait;
import dev.kqueue.internal.socket.SocketDomain;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/**
 * A datagram socket.
 *
 * <p>Each direction has its {@link IoDirection}, in which the operations of that direction take turns; to connect and
 * to disconnect takes both, input first. The monitors of {@link DatagramState} and {@link Memberships} come after the
 * directions, and are never held over a wait.
 *
 * <p>A channel that was never closed is closed when the garbage collector finds it: programs leave many a datagram
 * socket to that, as it has no connection which would end.
 */
public final class KQueueDatagramChannel extends DatagramChannel
        implements PollableDescriptor, IoDirection.Owner, AdaptedDatagramSocket {
    private static final Cleaner CLEANER = Cleaner.create();

    /** Knows the descriptor and nothing of the channel. */
    private record Unreferenced(Descriptor descriptor) implements Runnable {
        @Override
        public void run() {
            try {
                descriptor.close();
            } catch (IOException failure) {
                System.getLogger(KQueueDatagramChannel.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "cannot close a channel that the program did not close",
                                failure);
            }
        }
    }

    private final SocketDomain domain;
    private final Descriptor descriptor;
    private final DatagramState state;
    private final DatagramInput input;
    private final DatagramOutput output;
    private final Memberships memberships;
    private final RenewableKeys keys = new RenewableKeys();
    private final Cleaner.Cleanable cleanable;

    /** Made under the state's monitor when it is first asked for. */
    private volatile DatagramSocket socket;

    /** A new socket, typed as the JDK's: the verifier loads a class that a method returns as another. */
    public static DatagramChannel open(SelectorProvider provider, SocketDomain domain) throws IOException {
        return new KQueueDatagramChannel(provider, domain);
    }

    private KQueueDatagramChannel(SelectorProvider provider, SocketDomain domain) throws IOException {
        this(provider, domain, new Descriptor(domain.datagramSocket()), null);
    }

    /**
     * A socket that was made elsewhere.
     *
     * @param state what it is bound and connected to; null if it is neither
     */
    public KQueueDatagramChannel(
            SelectorProvider provider, SocketDomain domain, Descriptor descriptor, DatagramState state) {
        super(provider);
        this.domain = domain;
        this.descriptor = descriptor;
        this.state = state != null ? state : new DatagramState(domain, descriptor);
        input = new DatagramInput(this, domain, this.state);
        output = new DatagramOutput(this, domain, this.state);
        memberships = new Memberships(this, domain, descriptor);
        cleanable = CLEANER.register(this, new Unreferenced(descriptor));
    }

    @Override
    public void beginBlocking() {
        begin();
    }

    @Override
    public void endBlocking(boolean completed) throws IOException {
        end(completed);
    }

    // ---- receiving and sending

    @Override
    public SocketAddress receive(ByteBuffer dst) throws IOException {
        return input.receive(dst, BlockingWait.FOREVER);
    }

    @Override
    public int send(ByteBuffer src, SocketAddress target) throws IOException {
        return output.send(src, target);
    }

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

    /** For the socket, and for what is passed. */
    public DatagramInput input() {
        return input;
    }

    /** For what is passed. */
    public DatagramOutput output() {
        return output;
    }

    /** The local address by the kernel's word: for tests. */
    SocketAddress kernelAddress() throws IOException {
        int fd = descriptor.holdOpen();
        try {
            return domain.localAddress(fd);
        } finally {
            descriptor.release();
        }
    }

    public ProtocolFamily family() {
        return domain.family();
    }

    // ---- binding and connecting

    @Override
    public DatagramChannel bind(SocketAddress local) throws IOException {
        state.bind(local);
        return this;
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        requireOpen();
        return state.local();
    }

    @Override
    public SocketAddress getRemoteAddress() throws IOException {
        requireOpen();
        return state.remote();
    }

    @Override
    public boolean isConnected() {
        return isOpen() && state.remote() != null;
    }

    @Override
    public DatagramChannel connect(SocketAddress remote) throws IOException {
        domain.checkRemote(remote);
        connect(remote, false);
        return this;
    }

    /** Connects; anew if the channel is connected already. */
    @Override
    public void reconnect(SocketAddress remote) throws IOException {
        domain.checkRemote(remote);
        connect(remote, true);
    }

    private void connect(SocketAddress remote, boolean anew) throws IOException {
        synchronized (input) {
            synchronized (output) {
                if (anew && state.remote() != null) {
                    takeConnectionBack();
                }
                state.connect(remote);
                // What others have sent before has no place in a channel that is connected, as connect specifies.
                if (descriptor.hold()) {
                    try {
                        input.discard(descriptor.fd());
                    } finally {
                        descriptor.release();
                    }
                }
            }
        }
    }

    @Override
    public DatagramChannel disconnect() throws IOException {
        synchronized (input) {
            synchronized (output) {
                if (isConnected()) {
                    takeConnectionBack();
                }
            }
        }
        return this;
    }

    /** The caller holds both directions, so no other thread receives or sends meanwhile. */
    private void takeConnectionBack() throws IOException {
        if (state.disconnect()) {
            keys.knotesLost();
            memberships.rejoin();
        }
    }

    // ---- multicast

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface networkInterface) throws IOException {
        return memberships.join(group, networkInterface);
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface networkInterface, InetAddress source)
            throws IOException {
        return memberships.join(group, networkInterface, source);
    }

    // ---- options

    @Override
    public <T> DatagramChannel setOption(SocketOption<T> option, T value) throws IOException {
        domain.datagramOptions().set(descriptor, option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return domain.datagramOptions().get(descriptor, option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return domain.datagramOptions().supported();
    }

    @Override
    public DatagramSocket socket() {
        domain.requireJavaNet();
        DatagramSocket made = socket;
        if (made == null) {
            synchronized (state) {
                made = socket;
                if (made == null) {
                    made = DatagramSocketAdaptor.of(this);
                    socket = made;
                }
            }
        }
        return made;
    }

    // ---- what the socket asks

    @Override
    public DatagramChannel channel() {
        return this;
    }

    @Override
    public SocketAddress receive(ByteBuffer dst, long nanos) throws IOException {
        return input.receive(dst, nanos);
    }

    @Override
    public boolean isBound() {
        return state.isBound();
    }

    @Override
    public SocketAddress localAddress() throws IOException {
        return state.local();
    }

    @Override
    public SocketAddress remoteAddress() {
        return state.remote();
    }

    @Override
    public Object membershipLock() {
        return memberships;
    }

    @Override
    public MembershipKey membership(InetAddress group, NetworkInterface on) {
        return memberships.find(group, on);
    }

    // ---- what a selector asks

    @Override
    public Descriptor owned() {
        return descriptor;
    }

    @Override
    public int readOps() {
        return SelectionKey.OP_READ;
    }

    @Override
    public int writeOps() {
        return SelectionKey.OP_WRITE;
    }

    @Override
    public boolean reportsChanges() {
        return true;
    }

    @Override
    public void registered(RegisteredKey registration) {
        keys.add(registration);
    }

    // ---- closing

    @Override
    protected void implConfigureBlocking(boolean block) {
        // Each call says by itself whether it waits. An operation in progress keeps the mode that it began with.
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        try {
            memberships.invalidateAll();
            descriptor.close();
        } finally {
            cleanable.clean();
            BlockingWait.endWaits(descriptor, input, output);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("java.nio.channels.DatagramChannel[");
        if (!isOpen()) {
            return text.append("closed]").toString();
        }
        SocketAddress remote = state.remote();
        text.append(remote != null ? "connected" : state.isBound() ? "bound" : "unbound");
        if (state.isBound()) {
            text.append(" local=").append(localAddressOrNull());
        }
        if (remote != null) {
            text.append(" remote=").append(remote);
        }
        return text.append(']').toString();
    }
}
