package dev.kqueue.program;

import dev.kqueue.nio.FdChannel;
import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.PipedProcess;
import dev.kqueue.nio.Signal;
import dev.kqueue.nio.VnodeEvent;
import dev.kqueue.nio.file.KQueueWatchService;

import java.io.FileInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * Does everything while no descriptor is free, and once more when there are some. Each may fail the first time, by an
 * IOException; none may the second time, and no class may be lost meanwhile.
 *
 * <p>With {@code opened} as second argument everything is opened and watched once before, and only I/O, waiting and
 * failing are new.
 */
final class FirstUseAtTheLimit {
    private static final Set<String> USES_OF_THE_OPEN =
            Set.of(
                    "connect",
                    "refused",
                    "accept",
                    "select",
                    "registered",
                    "datagram",
                    "blocking read",
                    "read of a virtual thread");

    private FirstUseAtTheLimit() {}

    @SuppressWarnings("SystemOut") // read by the test
    public static void main(String[] arguments) throws Exception {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SocketAddress address = listener.getLocalAddress();
        SocketChannel client = SocketChannel.open(address);
        SocketChannel server = listener.accept();
        SocketChannel unconnected = SocketChannel.open();
        SocketChannel refusing = SocketChannel.open();
        DatagramChannel datagrams = DatagramChannel.open();
        Process child = new ProcessBuilder("sleep", "1000").start();
        KQueueSelector selector = KQueueSelector.open();
        Path folder = Path.of(arguments[0]);

        Map<String, Callable<?>> uses = new LinkedHashMap<>();
        uses.put("selector", () -> closed(Selector.open()));
        uses.put("socket", () -> closed(SocketChannel.open()));
        uses.put("listener", () -> closed(ServerSocketChannel.open()));
        uses.put("datagrams", () -> closed(DatagramChannel.open()));
        uses.put("pipe", () -> closed(Pipe.open().source()));
        uses.put("connect", () -> unconnected.isConnected() || unconnected.connect(address));
        uses.put("accept", () -> closed(listener.accept()));
        uses.put("path", () -> cancelled(selector, selector.watchPath(folder.resolve("file"))));
        uses.put("file", () -> cancelled(selector, selector.watchFile(folder, Set.of(VnodeEvent.WRITE))));
        uses.put("directory", () -> cancelled(selector, selector.watchDirectory(folder)));
        uses.put("tree", () -> cancelled(selector, selector.watchTree(folder)));
        uses.put("process", () -> cancelled(selector, selector.watchProcess(child)));
        uses.put("signal", () -> cancelled(selector, selector.watchSignal(Signal.HUP)));
        uses.put("handled signal", () -> cancelled(selector, selector.handleSignal(Signal.TERM)));
        uses.put("timer", () -> cancelled(selector, selector.schedule(Duration.ofDays(1))));
        uses.put("user event", () -> cancelled(selector, selector.addUserEvent()));
        uses.put("descriptor", () -> closed(FdChannel.open(Path.of("/dev/null"))));
        uses.put("child", () -> closed(PipedProcess.start(new ProcessBuilder("true"))));
        uses.put("watch service", () -> closed(KQueueWatchService.open()));
        uses.put("select", selector::selectNow);
        uses.put("refused", () -> refused(refusing, listener));
        uses.put("registered", () -> registered(selector, client, server));
        uses.put("datagram", () -> datagrams.send(ByteBuffer.allocate(1), address));
        uses.put("blocking read", () -> read(client, server, false));
        uses.put("read of a virtual thread", () -> read(client, server, true));

        if (arguments.length > 1) {
            for (String name : uses.keySet()) {
                if (!USES_OF_THE_OPEN.contains(name)) {
                    uses.get(name).call();
                }
            }
        }
        List<FileInputStream> hoard = new ArrayList<>();
        try {
            while (true) {
                hoard.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException limit) {
            // No descriptor is free.
        }
        Map<String, Throwable> failures = new LinkedHashMap<>();
        uses.forEach((name, use) -> failures.put(name, failure(use)));
        for (FileInputStream each : hoard) {
            each.close();
        }
        failures.forEach((name, failure) -> System.out.println("first " + name + ": " + failure));
        uses.forEach((name, use) -> System.out.println("then " + name + ": " + failure(use)));
        child.destroy();
        Runtime.getRuntime().halt(0);
    }

    private static Throwable failure(Callable<?> use) {
        try {
            use.call();
            return null;
        } catch (Throwable failure) {
            return failure;
        }
    }

    private static Object closed(AutoCloseable opened) throws Exception {
        opened.close();
        return null;
    }

    private static Object closed(Channel opened) throws IOException {
        opened.close();
        return null;
    }

    private static Object cancelled(Selector selector, SelectionKey key) throws IOException {
        key.cancel();
        return selector.selectNow();
    }

    /** Connects to where no socket listens, in blocking mode. */
    private static Object refused(SocketChannel channel, ServerSocketChannel listener) throws IOException {
        try {
            return channel.isOpen() && channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        } catch (ConnectException expected) {
            return listener;
        }
    }

    private static Object registered(Selector selector, SocketChannel client, SocketChannel server) throws IOException {
        server.configureBlocking(false);
        SelectionKey key = server.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        client.write(ByteBuffer.allocate(1));
        int ready = selector.select();
        key.interestOps(SelectionKey.OP_READ);
        selector.select();
        server.read(ByteBuffer.allocate(1));
        selector.wakeup();
        selector.selectedKeys().clear();
        key.cancel();
        selector.selectNow();
        server.configureBlocking(true);
        return ready;
    }

    /** A read that waits for its byte. */
    private static Object read(SocketChannel client, SocketChannel server, boolean virtual) throws Exception {
        FutureTask<Integer> reading = new FutureTask<>(() -> server.read(ByteBuffer.allocate(1)));
        Thread thread = (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(reading);
        while (thread.getState() == Thread.State.NEW) {
            Thread.onSpinWait();
        }
        Thread.sleep(50);
        client.write(ByteBuffer.allocate(1));
        return reading.get();
    }
}
