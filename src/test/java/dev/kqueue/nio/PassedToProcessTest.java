package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kqueue.Ability;
import dev.kqueue.ChildJvm;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Channels that are passed to a process of its own serve there. */
@Timeout(180)
class PassedToProcessTest {
    @TempDir Path directory;

    private static final ByteBuffer X = ByteBuffer.wrap(new byte[] {'x'}).asReadOnlyBuffer();

    private static String read(SocketChannel channel) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(100);
        while (channel.read(all) >= 0) {
            assertThat(all.hasRemaining()).isTrue();
        }
        return US_ASCII.decode(all.flip()).toString();
    }

    /** Answers over the connections, and the listener, that are passed to it. */
    static final class Worker {
        private Worker() {}

        public static void main(String[] arguments) throws IOException {
            UnixDomainSocketAddress master = UnixDomainSocketAddress.of(arguments[0]);
            ByteBuffer request = ByteBuffer.allocate(100);
            try (SocketChannel channel = SocketChannel.open(master);
                    PassedChannels passed = PassedChannels.receive(channel, request)) {
                String text = US_ASCII.decode(request.flip()).toString();
                try (SocketChannel connection = (SocketChannel) passed.take()) {
                    connection.write(ByteBuffer.wrap((text + ", served").getBytes(US_ASCII)));
                }
                try (ServerSocketChannel listener = (ServerSocketChannel) passed.take();
                        SocketChannel accepted = listener.accept()) {
                    accepted.write(ByteBuffer.wrap("accepted".getBytes(US_ASCII)));
                }
                try (FdChannel pipe = (FdChannel) passed.take();
                        DatagramChannel datagrams = DatagramChannel.open(StandardProtocolFamily.UNIX)) {
                    // And back, over a datagram.
                    PassedChannels.send(
                            datagrams, X.duplicate(), UnixDomainSocketAddress.of(arguments[0] + ".back"), pipe);
                }
            }
        }
    }

    @Test
    void anotherProcessServesWhatIsPassedToIt() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("master"));
        Pipe pipe = Pipe.open();
        try (ServerSocketChannel master = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
                DatagramChannel back =
                        DatagramChannel.open(StandardProtocolFamily.UNIX)
                                .bind(UnixDomainSocketAddress.of(address.getPath() + ".back"));
                TcpPair pair = TcpPair.open();
                ServerSocketChannel listener = TcpPair.listener()) {
            FutureTask<String> child =
                    Threads.PLATFORM.start(() -> new ChildJvm().run(Worker.class.getName(), address.toString()));
            try (SocketChannel worker = master.accept()) {
                ByteBuffer request = ByteBuffer.wrap("request".getBytes(US_ASCII));
                PassedChannels.send(worker, request, pair.server(), listener, pipe.source());
            }
            pair.server().close();
            pipe.source().close();
            assertThat(read(pair.client())).isEqualTo("request, served");
            try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
                assertThat(read(client)).isEqualTo("accepted");
            }
            try (PassedChannels passed = PassedChannels.receive(back, ByteBuffer.allocate(10));
                    FdChannel source = (FdChannel) passed.take();
                    Pipe.SinkChannel sink = pipe.sink()) {
                assertThat(child.get()).isEmpty();
                sink.write(X.duplicate());
                assertThat(source.read(ByteBuffer.allocate(10))).isEqualTo(1);
            }
        }
    }

    /** Echoes what comes over the connection that is passed to it. */
    static final class Echo {
        private Echo() {}

        public static void main(String[] arguments) throws IOException {
            UnixDomainSocketAddress master = UnixDomainSocketAddress.of(arguments[0]);
            try (SocketChannel channel = SocketChannel.open(master);
                    PassedChannels passed = PassedChannels.receive(channel, ByteBuffer.allocate(1));
                    SocketChannel connection = (SocketChannel) passed.take()) {
                ByteBuffer message = ByteBuffer.allocate(100);
                while (connection.read(message.clear()) >= 0) {
                    connection.write(message.flip());
                }
            }
        }
    }

    @Test
    @RequiresAbility(Ability.OWN_KQUEUE)
    void connectionThatAnotherProcessServesDoesNotWakeTheSelectorThatClosedIt() throws Exception {
        int messages = 200;
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("master"));
        try (ServerSocketChannel master = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
                KQueueSelector selector = KQueueSelector.open();
                TcpPair pair = TcpPair.open()) {
            pair.server().configureBlocking(false);
            pair.server().register(selector, SelectionKey.OP_READ);
            selector.selectNow();
            FutureTask<String> child =
                    Threads.PLATFORM.start(() -> new ChildJvm().run(Echo.class.getName(), address.toString()));
            try (SocketChannel worker = master.accept()) {
                PassedChannels.send(worker, X.duplicate(), pair.server());
            }
            pair.server().close();
            selector.selectNow();
            FutureTask<Integer> selecting = Threads.PLATFORM.start(selector::select);
            long before = selector.statistics().kqueue().waits();
            ByteBuffer answer = ByteBuffer.allocate(1);
            for (int i = 0; i < messages; i++) {
                pair.client().write(X.duplicate());
                assertThat(pair.client().read(answer.clear())).isEqualTo(1);
            }
            selector.wakeup();
            assertThat(selecting.get()).isZero();
            assertThat(selector.statistics().kqueue().waits() - before).isLessThan(5);
            pair.client().close();
            assertThat(child.get()).isEmpty();
        }
    }

    /** Has room for three descriptors more, and is passed five. */
    static final class Limited {
        private Limited() {}

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        public static void main(String[] arguments) throws IOException {
            TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM);
            KQueueSelectorProvider provider = KQueueSelectorProvider.instance();
            try (SocketChannel a = (SocketChannel) AdoptedChannels.adopt(provider, sockets.a());
                    SocketChannel b = (SocketChannel) AdoptedChannels.adopt(provider, sockets.b())) {
                ByteBuffer dst = ByteBuffer.allocate(10);
                // All classes that this takes, while there are descriptors to load them with.
                PassedChannels.send(a, X.duplicate(), a);
                PassedChannels.receive(b, dst).close();
                cut(a, b, dst, List.of());
                List<Integer> hoard = new ArrayList<>();
                for (int fd = 0; fd >= 0; ) {
                    fd = Unistd.dup(0);
                    hoard.add(fd);
                }
                hoard.removeLast();
                for (int i = 0; i < 3; i++) {
                    Unistd.close(hoard.removeLast());
                }
                String told = cut(a, b, dst.clear(), List.of(1, 2, 3, 4, 5));
                int free = 0;
                while (Unistd.dup(0) >= 0) {
                    free++;
                }
                PassedChannels.send(a, X.duplicate());
                System.out.println(told + ", bytes " + dst.position() + ", free afterwards " + free);
            }
        }

        private static String cut(SocketChannel a, SocketChannel b, ByteBuffer dst, List<Integer> passed)
                throws IOException {
            SocketChannel[] many = Collections.nCopies(passed.size(), a).toArray(new SocketChannel[0]);
            PassedChannels.send(a, X.duplicate(), many);
            try (PassedChannels received = PassedChannels.receive(b, dst)) {
                return "received " + received.count();
            } catch (IOException cut) {
                return cut.getMessage();
            }
        }
    }

    @Test
    void whatDoesNotFitIsToldAndLeaksNothing() throws Exception {
        List<String> limited = List.of("sh", "-c", "ulimit -n 200 && exec \"$@\"", "sh");
        assertThat(new ChildJvm().under(limited).run(Limited.class.getName()))
                .contains("did not arrive")
                .contains("bytes 1, free afterwards 3");
    }
}
