package dev.kqueue.faults;

import dev.kqueue.nio.SendFile;

import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A file sent over a connection; and one of {@code /proc}, that sendfile(2) may refuse. */
final class SendFileScenario extends Scenario {
    private static final int SIZE = 300_000;

    private Path file;

    @Override
    void open() throws Exception {
        file = Files.createTempFile("faults", "");
        own(() -> Files.deleteIfExists(file));
        Files.write(file, new byte[SIZE]);
    }

    @Override
    void act() throws Exception {
        try (ServerSocket listener = SelectorScenario.listener()) {
            SocketChannel channel = own(SelectorScenario.PROVIDER.openSocketChannel());
            channel.connect(listener.getLocalSocketAddress());
            Socket peer = own(listener.accept());
            peer.setSoTimeout(PATIENCE_MILLIS);
            FutureTask<Integer> received = new FutureTask<>(() -> peer.getInputStream().readAllBytes().length);
            Thread.ofPlatform().daemon().start(received);
            try (SendFile sent = SendFile.open(file)) {
                expect(sent.transferTo(0, Long.MAX_VALUE, channel) == SIZE, "not all is sent");
            }
            SendFile.send(Path.of("/proc/self/status"), 0, 10, channel);
            channel.shutdownOutput();
            int n = received.get(2L * PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            expect(n >= SIZE, "received " + n);
        }
    }

    @Override
    void after() throws Exception {
        act();
    }
}
