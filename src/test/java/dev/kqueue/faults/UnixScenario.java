package dev.kqueue.faults;

import dev.kqueue.nio.PassedChannels;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Unix-domain sockets by a selector, and over them a channel is passed. Both ends are the provider's. */
final class UnixScenario extends SelectorScenario {
    private final boolean isPassing;
    private UnixDomainSocketAddress address;
    private SocketChannel server;
    private int received;

    /** Whether bytes of accepted connections are read by the selector. */
    private boolean isServing;

    /** Connections that clients have made, and that the listener has given. */
    private int waiting;

    private int accepted;

    UnixScenario(boolean isPassing) {
        this.isPassing = isPassing;
        isServing = !isPassing;
    }

    @Override
    void open() throws Exception {
        super.open();
        Path folder = Files.createTempDirectory("faults");
        own(() -> Files.deleteIfExists(folder));
        Path name = folder.resolve("s");
        own(() -> Files.deleteIfExists(name));
        address = UnixDomainSocketAddress.of(name);
        ServerSocketChannel listener = own(PROVIDER.openServerSocketChannel(StandardProtocolFamily.UNIX));
        listener.bind(address);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    private SocketChannel connected() throws Exception {
        server = null;
        received = 0;
        SocketChannel client = own(PROVIDER.openSocketChannel(StandardProtocolFamily.UNIX));
        client.connect(address);
        waiting++;
        serveUntil("the connections are accepted", () -> accepted >= waiting);
        return client;
    }

    @Override
    void act() throws Exception {
        SocketChannel client = connected();
        if (isPassing) {
            pass(client);
            return;
        }
        expect(address.equals(client.getRemoteAddress()), "connected elsewhere");
        expect(client.getOption(jdk.net.ExtendedSocketOptions.SO_PEERCRED).user() != null, "nobody's");
        exchange(client);
    }

    private void exchange(SocketChannel client) throws Exception {
        client.write(ByteBuffer.wrap(new byte[] {5, 6}));
        serveUntil("bytes arrive", () -> received == 2);
    }

    private void pass(SocketChannel client) throws Exception {
        Pipe pipe = PROVIDER.openPipe();
        own(pipe.sink());
        own(pipe.source());
        int sent = PassedChannels.send(client, ByteBuffer.wrap(new byte[] {1}), pipe.source(), client);
        expect(sent == 1, "not sent");
        try (PassedChannels passed = PassedChannels.receive(server, ByteBuffer.allocate(10))) {
            expect(passed.count() == 2, "received " + passed.count());
            try (SelectableChannel taken = passed.take();
                    SelectableChannel socket = passed.take()) {
                expect(address.equals(((SocketChannel) socket).getRemoteAddress()), "connected elsewhere");
                pipe.sink().write(ByteBuffer.wrap(new byte[] {9}));
                ByteBuffer bytes = ByteBuffer.allocate(10);
                expect(((ReadableByteChannel) taken).read(bytes) == 1 && bytes.get(0) == 9, "read something else");
            }
        }
    }

    @Override
    void after() throws Exception {
        isServing = true;
        SocketChannel client = connected();
        exchange(client);
        super.after();
    }

    @Override
    void handle(SelectionKey key) throws IOException {
        if (key.channel() instanceof ServerSocketChannel listener) {
            SocketChannel connection = listener.accept();
            if (connection != null) {
                own(connection);
                server = connection;
                accepted++;
                if (isServing) {
                    connection.configureBlocking(false);
                    connection.register(selector, SelectionKey.OP_READ);
                }
            }
            return;
        }
        boolean isOver = true;
        try {
            int n = ((SocketChannel) key.channel()).read(ByteBuffer.allocate(10));
            isOver = n < 0;
            received += Math.max(n, 0);
        } finally {
            if (isOver) {
                key.channel().close();
            }
        }
    }
}
