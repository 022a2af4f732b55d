package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/** What Unix-domain channels do beyond the JDK's: full queues, and datagrams. */
@Timeout(60)
@SuppressWarnings("try") // closing is what is tested
class UnixChannelTest {
    @TempDir Path directory;

    private UnixDomainSocketAddress named(String name) {
        return UnixDomainSocketAddress.of(directory.resolve(name));
    }

    private DatagramChannel datagrams(String name) throws IOException {
        return DatagramChannel.open(StandardProtocolFamily.UNIX).bind(named(name));
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private static String received(ByteBuffer buffer) {
        return US_ASCII.decode(buffer.flip()).toString();
    }

    // ---- streams

    /** Connects until the listener's queue is full; a blocking connect would wait from then on. */
    private static List<SocketChannel> fill(SocketAddress listener) throws IOException {
        List<SocketChannel> clients = new ArrayList<>();
        while (true) {
            SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
            client.configureBlocking(false);
            try {
                client.connect(listener);
                clients.add(client);
            } catch (SocketException full) {
                return clients;
            }
        }
    }

    @RequiresAbility(Ability.UNIX_CONNECT_WAITS)
    @ParameterizedTest
    @EnumSource
    void connectWaitsForRoomInTheQueue(Threads threads) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(named("full"), 2);
            List<SocketChannel> clients = fill(named("full"));
            FutureTask<Boolean> connect =
                    threads.start(
                            () -> {
                                try (SocketChannel client = SocketChannel.open(named("full"))) {
                                    return client.isConnected();
                                }
                            });
            for (SocketChannel client : clients) {
                server.accept().close();
                client.close();
            }
            assertThat(connect.get()).isTrue();
        }
    }

    @RequiresAbility(Ability.UNIX_CONNECT_WAITS)
    @ParameterizedTest
    @EnumSource
    void closeEndsConnectThatWaitsForRoom(Threads threads) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(named("full"), 2);
            List<SocketChannel> clients = fill(named("full"));
            FutureTask<Boolean> connect = threads.start(() -> client.connect(named("full")));
            while (!client.isConnectionPending() && !connect.isDone()) {
                Thread.onSpinWait();
            }
            client.close();
            assertThatThrownBy(connect::get).cause().isInstanceOf(AsynchronousCloseException.class);
            for (SocketChannel each : clients) {
                each.close();
            }
        }
    }

    @Test
    void streamsAreSelected() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            server.bind(named("select")).configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            try (SocketChannel client = SocketChannel.open(named("select"))) {
                assertThat(selector.select()).isEqualTo(1);
                selector.selectedKeys().clear();
                try (SocketChannel accepted = server.accept()) {
                    accepted.configureBlocking(false);
                    SelectionKey key = accepted.register(selector, SelectionKey.OP_READ);
                    assertThat(selector.selectNow()).isZero();
                    client.write(text("x"));
                    assertThat(selector.select()).isEqualTo(1);
                    assertThat(key.isReadable()).isTrue();
                }
            }
        }
    }

    // ---- datagrams

    @Test
    void datagramsTellWhoSentThem() throws IOException {
        try (DatagramChannel a = datagrams("a");
                DatagramChannel b = datagrams("b");
                DatagramChannel unnamed = DatagramChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(a.send(text("hello"), named("b"))).isEqualTo(5);
            ByteBuffer dst = ByteBuffer.allocate(10);
            assertThat(b.receive(dst)).isEqualTo(named("a"));
            assertThat(received(dst)).isEqualTo("hello");
            unnamed.send(text("who?"), named("b"));
            assertThat(b.receive(dst.clear())).isEqualTo(UnixDomainSocketAddress.of(""));
            assertThat(unnamed.getLocalAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
        }
    }

    @Test
    void connectedDatagramsAreReadAndWritten() throws IOException {
        try (DatagramChannel a = datagrams("a");
                DatagramChannel b = datagrams("b")) {
            a.connect(named("b"));
            b.connect(named("a"));
            a.write(new ByteBuffer[] {text("he"), text("llo")});
            ByteBuffer[] dsts = {ByteBuffer.allocate(2), ByteBuffer.allocate(10)};
            assertThat(b.read(dsts)).isEqualTo(5);
            assertThat(received(dsts[1])).isEqualTo("llo");
            a.disconnect();
            assertThat(a.isConnected()).isFalse();
            assertThat(a.getLocalAddress()).isEqualTo(named("a"));
        }
    }

    @Test
    void datagramsAreLongerThanUdps() throws IOException {
        try (DatagramChannel a = datagrams("a");
                DatagramChannel b = datagrams("b")) {
            ByteBuffer dst = ByteBuffer.allocate(200_000);
            a.setOption(StandardSocketOptions.SO_SNDBUF, 200_000);
            b.setOption(StandardSocketOptions.SO_RCVBUF, 200_000);
            assertThat(a.send(ByteBuffer.allocate(150_000), named("b"))).isEqualTo(150_000);
            b.receive(dst);
            assertThat(dst.position()).isEqualTo(150_000);
            a.connect(named("b"));
            ByteBuffer[] halves = {ByteBuffer.allocate(75_000), ByteBuffer.allocate(75_000)};
            assertThat(a.write(halves)).isEqualTo(150_000);
            ByteBuffer[] dsts = {ByteBuffer.allocate(1), ByteBuffer.allocate(200_000)};
            b.connect(named("a"));
            a.write(ByteBuffer.allocate(150_000));
            assertThat(b.read(dsts)).isEqualTo(150_000);
        }
    }

    /** Sends until the receiver's queue is full. */
    private static int fill(DatagramChannel sender, SocketAddress receiver) throws IOException {
        sender.configureBlocking(false);
        int sent = 0;
        while (sender.send(text("x"), receiver) > 0) {
            sent++;
        }
        sender.configureBlocking(true);
        return sent;
    }

    @ParameterizedTest
    @EnumSource
    void sendWaitsForRoomAtTheReceiver(Threads threads) throws Exception {
        for (boolean connected : new boolean[] {false, true}) {
            String suffix = Boolean.toString(connected);
            try (DatagramChannel receiver = datagrams("receiver" + suffix);
                    DatagramChannel sender = datagrams("sender" + suffix)) {
                if (connected) {
                    sender.connect(receiver.getLocalAddress());
                }
                int sent = fill(sender, receiver.getLocalAddress());
                FutureTask<Integer> send = threads.start(() -> sender.send(text("last"), receiver.getLocalAddress()));
                ByteBuffer dst = ByteBuffer.allocate(10);
                for (int i = 0; i < sent; i++) {
                    receiver.receive(dst.clear());
                }
                receiver.receive(dst.clear());
                assertThat(received(dst)).isEqualTo("last");
                assertThat(send.get()).isEqualTo(4);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsSendThatWaitsForRoom(Threads threads) throws Exception {
        try (DatagramChannel receiver = datagrams("receiver");
                DatagramChannel sender = datagrams("sender")) {
            fill(sender, named("receiver"));
            FutureTask<Integer> send = new FutureTask<>(() -> sender.send(text("last"), named("receiver")));
            Thread thread = threads.thread(send);
            thread.start();
            while (thread.getState() != Thread.State.TIMED_WAITING && thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            sender.close();
            assertThatThrownBy(send::get).cause().isInstanceOf(AsynchronousCloseException.class);
            assertThat(receiver.isOpen()).isTrue();
        }
    }

    @Test
    void sendToNobodyFailsEachTime() throws IOException {
        try (DatagramChannel sender = datagrams("sender")) {
            datagrams("gone").close();
            for (String name : new String[] {"gone", "gone", "never"}) {
                assertThatThrownBy(() -> sender.send(text("x"), named(name))).isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void thereAreNeitherGroupsNorSocketsOfJavaNet() throws IOException {
        try (DatagramChannel channel = datagrams("channel")) {
            InetAddress group = InetAddress.getByAddress(new byte[] {(byte) 225, 4, 5, 6});
            NetworkInterface on = NetworkInterface.networkInterfaces().findFirst().orElseThrow();
            assertThatThrownBy(() -> channel.join(group, on)).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(channel::socket).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void datagramsAreSelected() throws IOException {
        try (DatagramChannel a = datagrams("a");
                DatagramChannel b = datagrams("b");
                Selector selector = Selector.open()) {
            b.configureBlocking(false);
            b.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            a.send(text("x"), named("b"));
            assertThat(selector.select()).isEqualTo(1);
        }
    }
}
