package dev.kqueue.benchmarks.jmh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two ends in one process. */
record Pair(WritableByteChannel writer, ReadableByteChannel reader) implements AutoCloseable {
    static Pair open(String transport) throws IOException {
        return switch (transport) {
            case "tcp" -> tcp();
            case "unix" -> unix();
            case "udp" -> udp();
            case "pipe" -> {
                Pipe pipe = Pipe.open();
                yield new Pair(pipe.sink(), pipe.source());
            }
            default -> throw new IllegalArgumentException(transport);
        };
    }

    static Pair tcp() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback())) {
            SocketChannel one = SocketChannel.open(listener.getLocalAddress());
            SocketChannel two = listener.accept();
            one.setOption(StandardSocketOptions.TCP_NODELAY, true);
            two.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return new Pair(one, two);
        }
    }

    private static Pair unix() throws IOException {
        Path folder = Files.createTempDirectory("benchmark");
        Path socket = folder.resolve("socket");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            SocketChannel one = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            return new Pair(one, listener.accept());
        } finally {
            Files.deleteIfExists(socket);
            Files.delete(folder);
        }
    }

    private static Pair udp() throws IOException {
        DatagramChannel one = DatagramChannel.open().bind(loopback());
        DatagramChannel two = DatagramChannel.open().bind(loopback());
        one.connect(two.getLocalAddress());
        two.connect(one.getLocalAddress());
        return new Pair(one, two);
    }

    static SocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    void makeNonBlocking() throws IOException {
        ((SelectableChannel) writer).configureBlocking(false);
        ((SelectableChannel) reader).configureBlocking(false);
    }

    @Override
    public void close() throws IOException {
        writer.close();
        reader.close();
    }
}
