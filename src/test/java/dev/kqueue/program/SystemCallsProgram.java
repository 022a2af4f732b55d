package dev.kqueue.program;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** Does one thing after another, and marks in the trace of its system calls where each begins. */
final class SystemCallsProgram {
    /** Looking for a file of this name is a system call that shows in a trace, and does nothing. */
    static final String MARK = "/no-such-folder/phase-";

    static final int KEYS = 100;

    static final int MESSAGES = 20;

    /** Of all that is there, and so of as much as the buffer has room for. */
    static final int EXACT_READS = 50;

    private SystemCallsProgram() {}

    /** A phase is run a few times before it is marked: what is loaded and opened once is then there. */
    private static void phase(String name, Phase phase) throws Exception {
        for (int i = 0; i < 3; i++) {
            phase.run();
        }
        mark(name);
        phase.run();
        mark("between");
    }

    private interface Phase {
        void run() throws Exception;
    }

    private static void mark(String name) {
        if (Files.exists(Path.of(MARK + name))) {
            throw new AssertionError("the mark exists");
        }
    }

    public static void main(String[] args) throws Exception {
        List<Pipe> pipes = new ArrayList<>();
        List<SelectionKey> keys = new ArrayList<>();
        ByteBuffer one = ByteBuffer.allocate(1);
        mark("between");
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < KEYS; i++) {
                Pipe pipe = Pipe.open();
                pipe.source().configureBlocking(false);
                pipe.sink().configureBlocking(false);
                pipes.add(pipe);
                keys.add(pipe.source().register(selector, SelectionKey.OP_READ));
            }
            selector.selectNow();
            pipes.getFirst().sink().write(one);
            selector.select();
            phase(
                    "select-after-changes",
                    () -> {
                        for (SelectionKey key : keys) {
                            key.interestOps(key.interestOps() ^ SelectionKey.OP_READ);
                            key.interestOps(key.interestOps() ^ SelectionKey.OP_READ);
                        }
                        for (SelectionKey key : keys.subList(1, KEYS)) {
                            key.interestOps(key.interestOps() ^ SelectionKey.OP_READ);
                        }
                        selector.select();
                    });
            phase(
                    "exact-reads",
                    () -> {
                        pipes.getFirst().source().read(ByteBuffer.allocate(10));
                        for (int i = 0; i < EXACT_READS; i++) {
                            pipes.getFirst().sink().write(one.clear());
                            if (selector.select(key -> {}) != 1) {
                                throw new AssertionError("one pipe is readable");
                            }
                            pipes.getFirst().source().read(one.clear());
                        }
                    });
            phase("idle", () -> Thread.sleep(20));
            phase(
                    "configure-blocking",
                    () -> {
                        for (Pipe pipe : pipes) {
                            pipe.sink().configureBlocking(true);
                            pipe.sink().configureBlocking(false);
                        }
                    });
            phase(
                    "wakeup",
                    () -> {
                        for (int i = 0; i < 100; i++) {
                            selector.wakeup();
                        }
                    });
            selector.selectNow();
            phase("open-and-close", () -> Selector.open().close());
        }
        connections();
        for (Pipe pipe : pipes) {
            pipe.source().close();
            pipe.sink().close();
        }
    }

    private static <T> FutureTask<T> later(Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(action);
        Thread.ofPlatform().start(task);
        return task;
    }

    /** The one who accepts is there first. */
    private static void acceptWhatIsConnectedLater(ServerSocketChannel listener, InetSocketAddress address)
            throws Exception {
        FutureTask<SocketChannel> connected =
                later(
                        () -> {
                            Thread.sleep(20);
                            return SocketChannel.open(address);
                        });
        SocketChannel accepted = listener.accept();
        accepted.close();
        connected.get().close();
    }

    /** Each message is answered by another thread, and awaited before the next. */
    private static void echo(SocketChannel client, SocketChannel server) throws Exception {
        server.configureBlocking(true);
        FutureTask<Void> echo =
                later(
                        () -> {
                            ByteBuffer bytes = ByteBuffer.allocate(100);
                            for (int i = 0; i < MESSAGES; i++) {
                                server.read(bytes.clear());
                                server.write(bytes.flip());
                            }
                            return null;
                        });
        ByteBuffer bytes = ByteBuffer.allocate(100);
        for (int i = 0; i < MESSAGES; i++) {
            client.write(bytes.clear().limit(10));
            client.read(bytes.clear());
        }
        echo.get();
        server.configureBlocking(false);
    }

    /** The reader is there first, as in a conversation. */
    private static void readWhatIsWrittenLater(SocketChannel from, SocketChannel to) throws Exception {
        FutureTask<Integer> written =
                later(
                        () -> {
                            Thread.sleep(20);
                            return from.write(ByteBuffer.allocate(1));
                        });
        to.configureBlocking(true);
        if (to.read(ByteBuffer.allocate(10)) != 1 || written.get() != 1) {
            throw new AssertionError("one byte was to be read");
        }
        to.configureBlocking(false);
    }

    /** Four rounds of a connection's life: each phase is run four times. */
    private static void connections() throws Exception {
        Deque<SocketChannel> clients = new ArrayDeque<>();
        Deque<SocketChannel> servers = new ArrayDeque<>();
        ByteBuffer bytes = ByteBuffer.allocate(100);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(any)) {
            InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
            for (int i = 0; i < 4; i++) {
                clients.add(SocketChannel.open(address));
            }
            phase(
                    "accept",
                    () -> {
                        SocketChannel accepted = listener.accept();
                        accepted.configureBlocking(false);
                        if (accepted.getRemoteAddress() == null) {
                            throw new AssertionError("an accepted connection has a remote address");
                        }
                        servers.add(accepted);
                    });
            phase("awaited-accept", () -> acceptWhatIsConnectedLater(listener, address));
            phase(
                    "connect",
                    () -> {
                        SocketChannel.open(address).close();
                        listener.accept().close();
                    });
            phase("echo", () -> echo(clients.getFirst(), servers.getFirst()));
            phase("awaited-read", () -> readWhatIsWrittenLater(clients.getFirst(), servers.getFirst()));
            phase("write", () -> clients.getFirst().write(bytes.clear()));
            phase("read", () -> servers.getFirst().read(bytes.clear().limit(10)));
            phase("close", () -> servers.removeFirst().close());
        }
        for (SocketChannel client : clients) {
            client.close();
        }
    }
}
