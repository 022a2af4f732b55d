package dev.kqueue.benchmarks.peer;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** TCP connections whose other ends are in another process. */
public final class Connections implements AutoCloseable {
    private final Peer peer = Peer.start(Holder.class);
    private final List<SocketChannel> channels = new ArrayList<>();

    /** Connects so often. */
    public Connections(int count) throws IOException {
        var address = peer.address();
        while (channels.size() < count) {
            // Not more at once than the listener's backlog.
            int some = Math.min(1000, count - channels.size());
            for (int i = 0; i < some; i++) {
                SocketChannel channel = SocketChannel.open(address);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                channels.add(channel);
            }
            peer.ask("accept " + some);
        }
    }

    /** This end, all non-blocking. */
    public List<SocketChannel> channels() {
        return channels;
    }

    /** Makes the first few readable, for good: no thread reads. */
    public void makeReadable(int count) throws IOException {
        peer.ask("write " + count);
    }

    /** The last connection's other end reads whatever comes. */
    public void drink() throws IOException {
        peer.ask("drink");
    }

    /** The last connection's other end writes without end. */
    public void pour() throws IOException {
        peer.ask("pour");
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
        peer.close();
    }
}
