package dev.kqueue.nio.parity;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

/** Buffers of an arena that is closed, or another thread's: they are refused, and nothing is read or written. */
final class ArenaBehaviour extends Behaviour {
    /** Makes a buffer that this thread may not use. */
    private interface Unusable {
        ByteBuffer of(int size);
    }

    private static ByteBuffer closed(Arena arena, int size) {
        try (arena) {
            return arena.allocate(16).asByteBuffer().slice(0, size);
        }
    }

    /** The arena is left open, for its thread alone may close it. */
    private static ByteBuffer foreign(int size) {
        CompletableFuture<ByteBuffer> made = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> made.complete(Arena.ofConfined().allocate(16).asByteBuffer().slice(0, size)));
        return made.join();
    }

    @Override
    void run() throws Exception {
        with("closed shared", size -> closed(Arena.ofShared(), size));
        with("closed confined", size -> closed(Arena.ofConfined(), size));
        with("foreign", ArenaBehaviour::foreign);
    }

    private void with(String arena, Unusable unusable) throws Exception {
        for (boolean blocking : new boolean[] {true, false}) {
            String mode = arena + (blocking ? ", blocking" : ", non-blocking");
            scenario("arena " + mode + ", stream", () -> streams(unusable, blocking));
            scenario("arena " + mode + ", datagrams", () -> datagrams(unusable, blocking));
            scenario("arena " + mode + ", pipe", () -> pipe(unusable, blocking));
        }
    }

    private static ByteBuffer[] mixed(Unusable unusable, int size) {
        return new ByteBuffer[] {ByteBuffer.allocate(2), unusable.of(size), ByteBuffer.allocateDirect(2)};
    }

    private void left(ReadableByteChannel channel) {
        step("there is still", () -> channel.read(ByteBuffer.allocate(100)));
    }

    private void streams(Unusable unusable, boolean blocking) throws IOException {
        SocketChannel[] pair = pair();
        SocketChannel channel = pair[0];
        SocketChannel peer = pair[1];
        // A read that is likely to have to wait.
        Thread.ofPlatform().start(() -> later(peer));
        channel.read(ByteBuffer.allocate(100));
        channel.configureBlocking(blocking);
        if (blocking) {
            step("read with nothing there", () -> channel.read(unusable.of(8)));
            step("scatter with nothing there", () -> channel.read(mixed(unusable, 8)));
        }
        peer.write(ByteBuffer.allocate(20));
        step("read", () -> channel.read(unusable.of(8)));
        step("read into no room", () -> channel.read(unusable.of(0)));
        step("scatter", () -> channel.read(mixed(unusable, 8)));
        step("scatter, one with room", () -> channel.read(new ByteBuffer[] {unusable.of(8)}));
        step("scatter, that without room", () -> channel.read(mixed(unusable, 0)));
        left(channel);
        step("write", () -> channel.write(unusable.of(8)));
        step("write nothing", () -> channel.write(unusable.of(0)));
        step("gather", () -> channel.write(mixed(unusable, 8)));
        step("gather, that with nothing", () -> channel.write(mixed(unusable, 0)));
        peer.configureBlocking(false);
        left(peer);
    }

    private static void later(SocketChannel peer) {
        try {
            Thread.sleep(20);
            peer.write(ByteBuffer.allocate(1));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void datagrams(Unusable unusable, boolean blocking) throws IOException {
        DatagramChannel channel = closing(DatagramChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0));
        DatagramChannel peer = closing(DatagramChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0));
        channel.connect(peer.getLocalAddress());
        peer.connect(channel.getLocalAddress());
        channel.configureBlocking(blocking);
        if (blocking) {
            step("read with nothing there", () -> channel.read(unusable.of(8)));
            step("receive with nothing there", () -> channel.receive(unusable.of(8)));
        }
        peer.write(ByteBuffer.allocate(20));
        step("read", () -> channel.read(unusable.of(8)));
        step("scatter", () -> channel.read(mixed(unusable, 8)));
        step("scatter, that without room", () -> channel.read(mixed(unusable, 0)));
        step("receive", () -> channel.receive(unusable.of(8)));
        channel.configureBlocking(false);
        left(channel);
        step("write", () -> channel.write(unusable.of(8)));
        step("write nothing", () -> channel.write(unusable.of(0)));
        step("gather", () -> channel.write(mixed(unusable, 8)));
        step("gather, that with nothing", () -> channel.write(mixed(unusable, 0)));
        step("send", () -> channel.send(unusable.of(8), peer.getLocalAddress()));
        DatagramChannel unconnected = closing(DatagramChannel.open());
        step("send, unconnected", () -> unconnected.send(unusable.of(8), peer.getLocalAddress()));
        step("send nothing, unconnected", () -> unconnected.send(unusable.of(0), peer.getLocalAddress()));
        peer.configureBlocking(false);
        left(peer);
    }

    private void pipe(Unusable unusable, boolean blocking) throws IOException {
        Pipe pipe = Pipe.open();
        Pipe.SourceChannel source = closing(pipe.source());
        Pipe.SinkChannel sink = closing(pipe.sink());
        source.configureBlocking(blocking);
        sink.configureBlocking(blocking);
        sink.write(ByteBuffer.allocate(20));
        step("read", () -> source.read(unusable.of(8)));
        step("scatter", () -> source.read(mixed(unusable, 8)));
        step("write", () -> sink.write(unusable.of(8)));
        step("gather", () -> sink.write(mixed(unusable, 8)));
        source.configureBlocking(false);
        left(source);
        left(source);
    }
}
