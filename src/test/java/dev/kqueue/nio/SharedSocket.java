package dev.kqueue.nio;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A channel whose open file description a {@link SocketHolder} has, too, and what ends its calls. */
final class SharedSocket implements AutoCloseable {
    /** More than a connection holds that is not read. */
    private static final int MUCH = 16 * 1024 * 1024;

    private static final int LIMIT_MILLIS = 30;

    enum Kind {
        STREAM,
        UNIX_STREAM,
        DATAGRAM,
        LISTENER;

        boolean isStream() {
            return this == STREAM || this == UNIX_STREAM;
        }
    }

    /** How the channel came to be shared, and so which process had the socket first. */
    enum Origin {
        SENT,
        RECEIVED,
        INHERITED
    }

    /** What waits. */
    enum Call {
        TAKE,
        TAKE_WITH_LIMIT,
        WRITE
    }

    final SelectableChannel channel;

    /** The other end of a stream; null for the others. */
    private final SocketChannel peer;

    /** Of those that have no peer. */
    private final SocketAddress address;

    SharedSocket(Kind kind, Origin origin, SocketHolder holder, Path folder) throws IOException {
        if (kind.isStream()) {
            try (ServerSocketChannel listener = kind == Kind.STREAM ? TcpPair.listener() : unixListener(folder)) {
                peer = SocketChannel.open(listener.getLocalAddress());
                if (origin == Origin.SENT) {
                    channel = listener.accept();
                    holder.tell(SocketHolder.HOLD, channel);
                } else {
                    holder.tell(SocketHolder.ACCEPT, listener);
                    channel = opened(origin, holder);
                }
            }
            address = null;
            return;
        }
        peer = null;
        if (origin == Origin.SENT) {
            channel = kind == Kind.DATAGRAM ? datagrams() : TcpPair.listener();
            holder.tell(SocketHolder.HOLD, channel);
        } else {
            holder.tell(kind == Kind.DATAGRAM ? SocketHolder.OPEN_DATAGRAMS : SocketHolder.OPEN_LISTENER);
            channel = opened(origin, holder);
        }
        address =
                channel instanceof DatagramChannel datagrams
                        ? datagrams.getLocalAddress()
                        : ((ServerSocketChannel) channel).getLocalAddress();
    }

    private static SelectableChannel opened(Origin origin, SocketHolder holder) throws IOException {
        try (PassedChannels passed = holder.passBack()) {
            return origin == Origin.RECEIVED
                    ? passed.take()
                    : (SelectableChannel)
                            new InheritedChannels(KQueueSelectorProvider.instance()).adopt(passed.takeDescriptor());
        }
    }

    private static ServerSocketChannel unixListener(Path folder) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(folder.resolve("s" + System.nanoTime())));
    }

    static DatagramChannel datagrams() throws IOException {
        return DatagramChannel.open().bind(new InetSocketAddress(TcpPair.LOOPBACK, 0));
    }

    /** Takes one byte, datagram or connection; in blocking mode waits for it. */
    static boolean take(SelectableChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return switch (channel) {
            case SocketChannel stream -> stream.read(one) == 1;
            case DatagramChannel datagrams -> datagrams.receive(one) != null;
            case ServerSocketChannel listener -> {
                try (SocketChannel accepted = listener.accept()) {
                    yield accepted != null;
                }
            }
            default -> throw new AssertionError(channel);
        };
    }

    /** Whether it got, or wrote, all that it was to. */
    boolean make(Call call) throws IOException {
        return switch (call) {
            case TAKE -> take(channel);
            case TAKE_WITH_LIMIT -> takeWithin(LIMIT_MILLIS);
            case WRITE -> write() == MUCH;
        };
    }

    /** In non-blocking mode, as much as there is room for. */
    int write() throws IOException {
        return ((SocketChannel) channel).write(ByteBuffer.allocate(MUCH));
    }

    private boolean takeWithin(int millis) throws IOException {
        switch (channel) {
            case SocketChannel stream -> {
                stream.socket().setSoTimeout(millis);
                return stream.socket().getInputStream().read() >= 0;
            }
            case DatagramChannel datagrams -> {
                datagrams.socket().setSoTimeout(millis);
                datagrams.socket().receive(new DatagramPacket(new byte[1], 1));
            }
            default -> {
                ServerSocketChannel listener = (ServerSocketChannel) channel;
                listener.socket().setSoTimeout(millis);
                listener.socket().accept().close();
            }
        }
        return true;
    }

    /** Lets one call of that kind succeed, of whichever process. */
    void satisfy(Call call) throws IOException {
        if (call == Call.WRITE) {
            ByteBuffer bytes = ByteBuffer.allocate(MUCH);
            while (bytes.hasRemaining()) {
                peer.read(bytes);
            }
        } else if (peer != null) {
            peer.write(ByteBuffer.allocate(1));
        } else if (channel instanceof DatagramChannel) {
            try (DatagramChannel sender = DatagramChannel.open()) {
                sender.send(ByteBuffer.allocate(1), address);
            }
        } else {
            SocketChannel.open(address).close();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (peer != null) {
            peer.close();
        }
    }
}
