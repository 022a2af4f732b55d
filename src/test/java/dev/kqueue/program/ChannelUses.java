package dev.kqueue.program;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.FutureTask;

/**
 * Makes the first channel, prints {@link #MADE}, and then uses channels in each way that costs a class: blocking on
 * both kinds of threads, closed meanwhile, with each kind of buffer, and selected. A program, as classes are
 * initialized once in a process.
 */
final class ChannelUses {
    static final String MADE = "The first channel has been made.";

    private ChannelUses() {}

    private interface Use {
        void run() throws IOException;
    }

    @SuppressWarnings("SystemOut") // read by the test
    public static void main(String[] args) throws Exception {
        Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open();
        DatagramChannel.open().close();
        System.out.println(MADE);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        for (boolean virtual : new boolean[] {false, true}) {
            exchange(listener, virtual);
            closeWhileReading(listener, virtual);
        }
        select(selector, listener);
        try (Pipe.SourceChannel source = pipe()) {
            source.read(ByteBuffer.allocate(10));
        }
        datagrams();
        listener.close();
        selector.close();
    }

    private static FutureTask<Void> start(boolean virtual, Use use) {
        FutureTask<Void> task =
                new FutureTask<>(
                        () -> {
                            use.run();
                            return null;
                        });
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(task);
        return task;
    }

    private static void exchange(ServerSocketChannel listener, boolean virtual) throws Exception {
        FutureTask<Void> server =
                start(
                        virtual,
                        () -> {
                            try (SocketChannel accepted = listener.accept()) {
                                long left = 200_000 + 8;
                                while (left > 0) {
                                    left -= accepted.read(ByteBuffer.allocate(100_000));
                                }
                                pause();
                                accepted.write(ByteBuffer.allocateDirect(100));
                                accepted.write(new ByteBuffer[] {ByteBuffer.allocate(5), ByteBuffer.allocateDirect(5)});
                            }
                        });
        FutureTask<Void> client =
                start(
                        virtual,
                        () -> {
                            try (SocketChannel channel = SocketChannel.open(listener.getLocalAddress())) {
                                ByteBuffer large = ByteBuffer.allocate(200_000);
                                while (large.hasRemaining()) {
                                    channel.write(large);
                                }
                                channel.write(ByteBuffer.allocate(8));
                                channel.read(ByteBuffer.allocateDirect(50));
                                channel.read(new ByteBuffer[] {ByteBuffer.allocate(5), ByteBuffer.allocateDirect(5)});
                                channel.read(ByteBuffer.allocate(100));
                            }
                        });
        server.get();
        client.get();
    }

    private static void closeWhileReading(ServerSocketChannel listener, boolean virtual) throws Exception {
        SocketChannel channel = SocketChannel.open(listener.getLocalAddress());
        try (channel) {
            SocketChannel accepted = listener.accept();
            FutureTask<Void> reader =
                    start(
                            virtual,
                            () -> {
                                try {
                                    accepted.read(ByteBuffer.allocate(1));
                                    throw new AssertionError("nothing was written");
                                } catch (AsynchronousCloseException expected) {
                                    // what the reader was to meet
                                }
                            });
            pause();
            accepted.close();
            reader.get();
            channel.read(ByteBuffer.allocate(1));
        }
    }

    private static void select(Selector selector, ServerSocketChannel listener) throws IOException {
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
            selector.select();
            try (SocketChannel accepted = listener.accept()) {
                accepted.configureBlocking(false);
                SelectionKey key = accepted.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                client.write(ByteBuffer.allocate(3));
                selector.select();
                accepted.read(ByteBuffer.allocate(3));
                accepted.write(ByteBuffer.allocate(3));
                key.interestOps(SelectionKey.OP_READ);
                selector.wakeup();
                selector.select();
            }
            selector.selectNow();
        }
    }

    private static Pipe.SourceChannel pipe() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.sink().write(ByteBuffer.allocate(3));
        pipe.source().read(ByteBuffer.allocate(3));
        pipe.sink().close();
        return pipe.source();
    }

    private static void datagrams() throws IOException {
        try (DatagramChannel one =
                        DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                DatagramChannel other =
                        DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            one.send(ByteBuffer.allocate(3), other.getLocalAddress());
            SocketAddress sender = other.receive(ByteBuffer.allocate(3));
            other.connect(sender);
            other.write(ByteBuffer.allocate(3));
            other.write(new ByteBuffer[] {ByteBuffer.allocate(3), ByteBuffer.allocateDirect(3)});
            one.receive(ByteBuffer.allocateDirect(3));
            one.receive(ByteBuffer.allocate(10));
        }
    }

    /** Long enough that the other thread waits by then. If it does not, a class may escape the test, not fail it. */
    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
