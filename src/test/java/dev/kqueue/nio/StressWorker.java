package dev.kqueue.nio;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.Callable;

/** Does what programs do with channels and selectors, at random, on those that all workers share. */
final class StressWorker implements Callable<Void> {
    private static final int LARGEST = 5_000;
    private static final int[] OPS = {
        0,
        SelectionKey.OP_READ,
        SelectionKey.OP_READ,
        SelectionKey.OP_WRITE,
        SelectionKey.OP_READ | SelectionKey.OP_WRITE
    };

    private final ChannelsStress stress;
    private final Random random;
    private final ByteBuffer heap = ByteBuffer.allocate(LARGEST);
    private final ByteBuffer direct = ByteBuffer.allocateDirect(LARGEST);

    /** What the worker is at, which may keep it waiting. */
    private volatile StressConnection at;

    private volatile Selector selecting;

    StressWorker(ChannelsStress stress, long seed) {
        this.stress = stress;
        this.random = new Random(seed);
    }

    @Override
    public Void call() throws IOException {
        try {
            while (!stress.isEnding()) {
                // Another worker's interrupt, which came too late for its operation.
                Thread.interrupted();
                step();
            }
        } catch (Throwable failure) {
            stress.failed();
            throw failure;
        }
        return null;
    }

    /** Ends whatever the worker waits for. */
    void release() throws IOException {
        StressConnection connection = at;
        if (connection != null) {
            connection.close();
        }
        Selector selector = selecting;
        if (selector != null) {
            selector.wakeup();
        }
    }

    private void step() throws IOException {
        StressConnection connection = stress.connection(random);
        StressConnection.End end = connection.end(random);
        at = connection;
        try {
            act(end);
        } catch (ClosedChannelException | IllegalBlockingModeException | CancelledKeyException race) {
            // Another worker was faster.
            stress.count("lost a race");
        } catch (IOException broken) {
            if (!connection.isDisturbed()) {
                throw new IOException("out of the blue, on " + end, broken);
            }
            stress.count("broken connection");
        } finally {
            at = null;
        }
    }

    private void act(StressConnection.End end) throws IOException {
        switch (random.nextInt(32)) {
            case 0, 1 -> stress.replace(random, open());
            case 2 -> shutdown(end);
            case 3 -> end.channel.close();
            case 4 -> stress.interrupt(random);
            case 5 -> end.channel.configureBlocking(random.nextBoolean());
            case 6, 7, 8 -> register(end);
            case 9 -> stress.selector(random).wakeup();
            case 10, 11 -> flip(end);
            case 12, 13, 14, 15, 16, 17 -> select(stress.selector(random));
            case 18, 19, 20, 21, 22, 23 -> write(end);
            default -> read(end);
        }
    }

    // ---- connections that come and go

    /** Opens a connection: of either kind of socket, blocking or not. Nobody else has these channels yet. */
    private StressConnection open() throws IOException {
        while (true) {
            SocketAddress address = stress.address(random);
            try (ServerSocketChannel listener = open(address)) {
                listener.bind(address);
                SocketChannel client = openClient(address);
                SocketChannel server = null;
                try {
                    client.configureBlocking(random.nextBoolean());
                    boolean connected = client.connect(listener.getLocalAddress());
                    server = listener.accept();
                    while (!connected) {
                        connected = client.finishConnect();
                    }
                    stress.count("connections");
                    return new StressConnection(client, server, random.nextLong());
                } catch (IOException failure) {
                    client.close();
                    if (server != null) {
                        server.close();
                    }
                    throw failure;
                }
            } catch (ClosedChannelException interrupted) {
                // An interrupt that was meant for what the worker did before.
                Thread.interrupted();
            } finally {
                if (address instanceof UnixDomainSocketAddress file) {
                    Files.deleteIfExists(file.getPath());
                }
            }
        }
    }

    private static ServerSocketChannel open(SocketAddress address) throws IOException {
        return address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
    }

    private static SocketChannel openClient(SocketAddress address) throws IOException {
        return address instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
    }

    private void shutdown(StressConnection.End end) throws IOException {
        if (random.nextInt(4) == 0) {
            end.inputShut = true;
            end.channel.shutdownInput();
        } else if (random.nextInt(4) == 0 && end.channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
            // close(2) resets the connection.
            end.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } else {
            end.outputShut = true;
            end.channel.shutdownOutput();
        }
    }

    // ---- bytes

    private void write(StressConnection.End end) throws IOException {
        if (end.writing.tryLock()) {
            try {
                end.write(random.nextBoolean() ? heap : direct, 1 + random.nextInt(LARGEST));
                stress.count("writes");
            } finally {
                end.writing.unlock();
            }
        }
    }

    private void read(StressConnection.End end) throws IOException {
        if (end.reading.tryLock()) {
            try {
                boolean intoHeap = random.nextBoolean();
                ByteBuffer one = intoHeap ? heap : direct;
                ByteBuffer two = intoHeap ? direct : heap;
                end.read(one, random.nextBoolean() ? two : null);
                stress.count("reads");
            } finally {
                end.reading.unlock();
            }
        }
    }

    // ---- selectors

    private void register(StressConnection.End end) throws IOException {
        end.channel.configureBlocking(false);
        end.channel.register(stress.selector(random), ops(), end);
        stress.count("registrations");
    }

    private int ops() {
        return OPS[random.nextInt(OPS.length)];
    }

    private void flip(StressConnection.End end) {
        SelectionKey key = end.channel.keyFor(stress.selector(random));
        if (key != null) {
            if (random.nextInt(4) == 0) {
                key.cancel();
                stress.count("cancelled keys");
            } else {
                key.interestOps(ops());
                stress.count("interest changes");
            }
        }
    }

    private void select(Selector selector) throws IOException {
        selecting = selector;
        try {
            if (stress.isEnding()) {
                return;
            }
            if (random.nextBoolean()) {
                selector.select(this::serve, 1 + random.nextInt(20));
            } else {
                selectNow(selector);
            }
            stress.count("selects");
        } finally {
            selecting = null;
        }
    }

    /** The locks that Selector specifies for whoever shares the selected keys. */
    private void selectNow(Selector selector) throws IOException {
        synchronized (selector) {
            synchronized (selector.selectedKeys()) {
                selector.selectNow();
                Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
                while (ready.hasNext()) {
                    SelectionKey key = ready.next();
                    ready.remove();
                    serve(key);
                }
            }
        }
    }

    private void serve(SelectionKey key) {
        StressConnection.End end = (StressConnection.End) key.attachment();
        try {
            // A worker may have made the channel blocking again after the key was cancelled: not to be waited in here.
            if (!end.channel.isBlocking()) {
                if (key.isReadable()) {
                    read(end);
                }
                if (key.isValid() && key.isWritable()) {
                    write(end);
                }
            }
        } catch (ClosedChannelException | CancelledKeyException race) {
            stress.count("lost a race");
        } catch (IOException broken) {
            if (!end.connection().isDisturbed()) {
                throw new AssertionError("out of the blue, on " + end, broken);
            }
        }
    }
}
