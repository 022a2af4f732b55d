package dev.kqueue.nio;

import dev.kqueue.internal.channel.HeldDescriptors;
import dev.kqueue.internal.channel.KQueueDatagramChannel;
import dev.kqueue.internal.channel.KQueueSocketChannel;
import dev.kqueue.internal.channel.StreamOutput;
import dev.kqueue.internal.io.Buffers;
import dev.kqueue.internal.io.PassedDescriptors;
import dev.kqueue.internal.io.RightsMessage;
import dev.kqueue.internal.park.BlockingWait;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * Open channels and descriptors, passed from one process to another over a Unix-domain channel (SCM_RIGHTS): a listener
 * handed to the next version of a program, a connection to the process that is to serve it.
 *
 * {@snippet :
 * // one process
 * PassedChannels.send(worker, request, connection);
 * connection.close(); // the worker's is open all the same
 *
 * // the other
 * try (PassedChannels passed = PassedChannels.receive(master, request);
 *         SocketChannel received = (SocketChannel) passed.take()) {
 *     received.write(answer);
 * }
 * }
 *
 * <p>What is passed is the open file description: sender and receiver have a descriptor each, and share the connection,
 * its options and its O_NONBLOCK (see {@link FdChannel}). Once the sender has closed its channel, it hears nothing more
 * of what the receiver does. Bytes and descriptors travel together, so each receive gives both, in the order they were
 * sent; the receiving process may be any that speaks SCM_RIGHTS, in any language.
 *
 * <p>Descriptors that arrive are close-on-exec. An object of this class holds those of one receive until they are
 * taken; {@link #close} closes the others. The kernel closes descriptors that arrive with a plain {@code read} or
 * {@code receive}.
 *
 * <p>An object of this class may be used by several threads.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7) of Linux</a>
 * @see <a href="https://man.freebsd.org/unix/4">unix(4) of FreeBSD</a>
 */
public final class PassedChannels implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final KQueueSelectorProvider provider;
    private final PassedDescriptors descriptors;
    private final int bytes;
    private final SocketAddress sender;
    private final Cleaner.Cleanable cleanable;

    private PassedChannels(PassedDescriptors descriptors, int bytes, SocketAddress sender) {
        this.provider = KQueueSelectorProvider.instance();
        this.descriptors = descriptors;
        this.bytes = bytes;
        this.sender = sender;
        this.cleanable = CLEANER.register(this, descriptors);
    }

    // ---- sending

    /**
     * Writes bytes, as {@link SocketChannel#write(ByteBuffer)}, and passes channels with the first of them. The
     * channels stay open, and the caller's to close.
     *
     * @param via a connected Unix-domain channel of this provider
     * @param src at least one byte: a stream carries no channel without
     * @param channels open channels of this provider, {@link FdChannel}s and the ends of pipes included; at most 253
     * @return the number of bytes written. If it is 0, the channel does not block and has no room, and nothing was
     *     passed
     * @throws IllegalArgumentException if a channel is another provider's, there are too many, or there is no byte
     * @throws ClosedChannelException if a channel is closed
     * @throws IOException as a write throws
     */
    public static int send(SocketChannel via, ByteBuffer src, Channel... channels) throws IOException {
        KQueueSocketChannel stream = stream(via);
        try (HeldDescriptors held = HeldDescriptors.of(channels)) {
            return send(stream, src, held.numbers());
        }
    }

    /**
     * As {@link #send(SocketChannel, ByteBuffer, Channel...)}, of descriptors by number, of whatever kind. They stay
     * open.
     *
     * @throws IOException if one is not open, too
     */
    public static int sendDescriptors(SocketChannel via, ByteBuffer src, int... descriptors) throws IOException {
        Objects.requireNonNull(src, "src");
        return send(stream(via), src, HeldDescriptors.checked(descriptors.clone()));
    }

    private static int send(KQueueSocketChannel via, ByteBuffer src, int[] numbers) throws IOException {
        if (!src.hasRemaining()) {
            throw new IllegalArgumentException("a stream passes channels with a byte at least, and there is none");
        }
        return (int)
                via.output()
                        .write(
                                new StreamOutput.Source() {
                                    private boolean passed;

                                    @Override
                                    public long moveTo(int fd, long offset, long count, boolean mayWait) {
                                        int n =
                                                passed
                                                        ? Buffers.write(true, fd, src)
                                                        : RightsMessage.sendOnStream(fd, src, numbers);
                                        passed |= n > 0;
                                        return n;
                                    }
                                },
                                src.remaining());
    }

    /**
     * Sends a datagram, as {@link DatagramChannel#send}, and passes channels with it. The channels stay open, and the
     * caller's to close.
     *
     * @param via a Unix-domain channel of this provider
     * @param src the bytes of the datagram; there may be none
     * @param target to whom; null if the channel is connected
     * @param channels as of {@link #send(SocketChannel, ByteBuffer, Channel...)}
     * @return the number of bytes sent. If the channel does not block and there is no room, it is 0 and the position of
     *     {@code src} stays
     * @throws IOException as a send throws, and as the method for streams
     */
    public static int send(DatagramChannel via, ByteBuffer src, SocketAddress target, Channel... channels)
            throws IOException {
        KQueueDatagramChannel datagrams = datagrams(via);
        try (HeldDescriptors held = HeldDescriptors.of(channels)) {
            return send(datagrams, src, target, held.numbers());
        }
    }

    /**
     * As {@link #send(DatagramChannel, ByteBuffer, SocketAddress, Channel...)}, of descriptors by number, of whatever
     * kind. They stay open.
     *
     * @throws IOException if one is not open, too
     */
    public static int sendDescriptors(DatagramChannel via, ByteBuffer src, SocketAddress target, int... descriptors)
            throws IOException {
        Objects.requireNonNull(src, "src");
        return send(datagrams(via), src, target, HeldDescriptors.checked(descriptors.clone()));
    }

    private static int send(KQueueDatagramChannel via, ByteBuffer src, SocketAddress target, int[] numbers)
            throws IOException {
        SocketAddress to = target != null ? target : via.getRemoteAddress();
        if (to == null) {
            throw new NotYetConnectedException();
        }
        return via.output().send(src, to, (fd, bytes, address) -> RightsMessage.send(fd, bytes, address, numbers));
    }

    // ---- receiving

    /**
     * Reads bytes, as {@link SocketChannel#read(ByteBuffer)}, with what was passed with them: never more than what one
     * send has passed.
     *
     * @param via a connected Unix-domain channel of this provider
     * @return what came, to be closed. {@link #bytes} is -1 at the end of the stream, 0 if the channel does not block
     *     and nothing has come
     * @throws IOException as a read throws; also if some of what was passed did not arrive, because this process may
     *     not have so many descriptors. The bytes are in {@code dst} then, and what did arrive is closed
     */
    public static PassedChannels receive(SocketChannel via, ByteBuffer dst) throws IOException {
        KQueueSocketChannel stream = stream(via);
        PassedDescriptors descriptors = new PassedDescriptors();
        try {
            int n =
                    stream.input()
                            .read(
                                    dst,
                                    // Without room for a byte nothing is read, and nothing of what was passed.
                                    (fd, _, _, _) ->
                                            dst.hasRemaining() ? RightsMessage.receive(fd, dst, null, descriptors) : 0);
            requireWhole(descriptors);
            return new PassedChannels(descriptors, n, null);
        } catch (Throwable failure) {
            // Whatever was thrown: descriptors that have arrived are in no channel yet.
            descriptors.close();
            throw failure;
        }
    }

    /**
     * Receives a datagram, as {@link DatagramChannel#receive}, with what was passed with it.
     *
     * @param via a Unix-domain channel of this provider
     * @return what came, to be closed. {@link #sender} is null if the channel does not block and there is no datagram
     * @throws IOException as a receive throws, and as the method for streams
     */
    public static PassedChannels receive(DatagramChannel via, ByteBuffer dst) throws IOException {
        KQueueDatagramChannel datagrams = datagrams(via);
        PassedDescriptors descriptors = new PassedDescriptors();
        try {
            int before = dst.position();
            SocketAddress sender =
                    datagrams
                            .input()
                            .receive(
                                    dst,
                                    BlockingWait.FOREVER,
                                    (fd, bytes, from) -> RightsMessage.receive(fd, bytes, from, descriptors));
            requireWhole(descriptors);
            return new PassedChannels(descriptors, dst.position() - before, sender);
        } catch (Throwable failure) {
            // Whatever was thrown: descriptors that have arrived are in no channel yet.
            descriptors.close();
            throw failure;
        }
    }

    private static void requireWhole(PassedDescriptors descriptors) throws IOException {
        if (descriptors.isCut()) {
            throw new IOException(
                    "descriptors were passed that did not arrive: this process may not have so many open");
        }
    }

    /** The number of bytes received. */
    public int bytes() {
        return bytes;
    }

    /** The sender's address; an unnamed address if the sender is not bound. Null for streams, or if nothing came. */
    public SocketAddress sender() {
        return sender;
    }

    /** How many channels and descriptors are left to be taken. */
    public int count() {
        return descriptors.count();
    }

    /**
     * Takes the next one, in the order they were passed, as a channel of its kind in blocking mode: a {@code
     * SocketChannel}, {@code ServerSocketChannel} or {@code DatagramChannel}, or an {@link FdChannel} of anything else.
     * It is the caller's to close.
     *
     * @throws NoSuchElementException if none is left
     * @throws IOException if it is a stream socket that is neither connected nor listening, or if no channel can be
     *     made of it for another reason; it is closed then
     */
    public SelectableChannel take() throws IOException {
        return AdoptedChannels.adoptReceived(provider, takeDescriptor());
    }

    /**
     * Takes the next one, in the order they were passed, by its number. It is the caller's to close.
     *
     * @throws NoSuchElementException if none is left
     */
    public int takeDescriptor() {
        Integer fd = descriptors.take();
        if (fd == null) {
            throw new NoSuchElementException(descriptors.isClosed() ? "closed" : "all that was passed has been taken");
        }
        return fd;
    }

    /** Closes what has not been taken. */
    @Override
    public void close() {
        cleanable.clean();
    }

    /** How many bytes came, and how many channels are still to be taken. */
    @Override
    public String toString() {
        return "PassedChannels[" + bytes + " bytes, " + count() + " to be taken]";
    }

    // ---- what channels can pass

    private static KQueueSocketChannel stream(SocketChannel via) {
        if (via instanceof KQueueSocketChannel ours && ours.family() == StandardProtocolFamily.UNIX) {
            return ours;
        }
        throw cannotPass(via);
    }

    private static KQueueDatagramChannel datagrams(DatagramChannel via) {
        if (via instanceof KQueueDatagramChannel ours && ours.family() == StandardProtocolFamily.UNIX) {
            return ours;
        }
        throw cannotPass(via);
    }

    private static IllegalArgumentException cannotPass(Channel via) {
        if (via == null) {
            throw new NullPointerException("'via' is null");
        }
        return new IllegalArgumentException(via + " is not a Unix-domain channel of this provider");
    }
}
