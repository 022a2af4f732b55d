package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.JvmSignal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Files, processes, signals, timers and sockets by the thousand in one selector: nothing is lost, nothing invented. The
 * slow form prints the figures of docs/scale.md.
 */
@Timeout(600)
class ManySourcesTest {
    private static final EnumSet<VnodeEvent> FILE_EVENTS =
            EnumSet.of(
                    VnodeEvent.DELETE,
                    VnodeEvent.WRITE,
                    VnodeEvent.EXTEND,
                    VnodeEvent.ATTRIB,
                    VnodeEvent.LINK,
                    VnodeEvent.RENAME);

    /** Epoll, eventfd, timerfd, inotify and the like: what a kqueue has for itself, however much it watches. */
    private static final int OWN_DESCRIPTORS = 8;

    /** How often each signal is sent. */
    private static final int TIMES = 10;

    @TempDir Path folder;

    private final List<String> figures = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<Signal, Object> formerHandlers = new EnumMap<>(Signal.class);

    private KQueueSelector selector;
    private int sockets;

    // What has been seen.
    private int filesSeen;
    private int processesSeen;
    private int timersSeen;
    private int bytesSeen;
    private int events;
    private final Map<Signal, Long> signalsSeen = new EnumMap<>(Signal.class);

    /** A source's attachment, for what comes only once. */
    private static final class Once {
        final int number;
        boolean seen;

        Once(int number) {
            this.number = number;
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        formerHandlers.forEach((signal, handler) -> JvmSignal.handle(signal.name(), handler));
    }

    @Test
    void hundredsOfSourcesLoseAndInventNothing() throws Exception {
        run(500, 50, 5_000, 100);
    }

    @Test
    @Tag("slow")
    void thousandsOfSourcesLoseAndInventNothing() throws Exception {
        run(100, 10, 1_000, 10); // classes are loaded, code is compiled
        figures.clear();
        run(10_000, 1_000, 100_000, 1_000);
        figures.forEach(System.out::println);
    }

    private void run(int files, int processes, int timers, int sockets) throws Exception {
        this.sockets = sockets;
        filesSeen = processesSeen = timersSeen = bytesSeen = events = 0;
        signalsSeen.clear();
        openAndClose();
        long before = OpenDescriptors.count();
        selector = KQueueSelector.open();
        try {
            List<Path> paths = measure("files", files, () -> registerFiles(files));
            Process parent = startProcesses(processes);
            List<Long> pids = readPids(parent, processes);
            measure("processes", processes, () -> registerProcesses(pids));
            List<Signal> signals = registerSignals();
            List<SocketChannel> clients = measure("sockets", sockets, () -> registerSockets(sockets));
            assertThat(selector.selectNow()).as("before anything has happened").isZero();
            // The parent of the processes has three pipes.
            long most = before + files + processes + 2L * sockets + OWN_DESCRIPTORS + 3;
            assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(most);
            long start = System.nanoTime();
            measure("timers", timers, () -> registerTimers(timers));
            CompletableFuture<Void> causes = CompletableFuture.runAsync(() -> causeAll(paths, pids, signals, clients));
            int selections = 0;
            while (filesSeen < files || processesSeen < processes || timersSeen < timers || !allElseSeen(signals)) {
                assertThat(selector.select(this::see, 60_000)).as("within a minute: %s", this).isPositive();
                selections++;
            }
            causes.join();
            figures.add(
                    "all seen after %,d ms: %,d events in %,d selections"
                            .formatted((System.nanoTime() - start) / 1_000_000, events, selections));
            assertThat(selector.select(this::see, 100)).as("after everything has happened: %s", this).isZero();
            assertThat(signalsSeen).containsOnlyKeys(signals);
            signalsSeen.forEach(
                    (signal, count) -> {
                        // The children of this JVM that end have their say, too.
                        if (signal == Signal.CHLD) {
                            assertThat(count).isGreaterThanOrEqualTo(TIMES);
                        } else {
                            assertThat(count).as(signal.cName()).isEqualTo(TIMES);
                        }
                    });
            figures.add("signals: %d, each sent %d times".formatted(signals.size(), TIMES));
            figures.add("descriptors of the kqueue itself: at most " + OWN_DESCRIPTORS);
        } finally {
            selector.close();
            close();
            opened.clear();
            formerHandlers.clear();
        }
        assertThat(OpenDescriptors.count()).as("descriptors left").isLessThanOrEqualTo(before);
    }

    /** What a process opens once for all. */
    private static void openAndClose() throws Exception {
        try (KQueueSelector first = KQueueSelector.open()) {
            first.schedule(Duration.ZERO);
            first.select();
        }
    }

    private boolean allElseSeen(List<Signal> signals) {
        return bytesSeen == sockets
                && signals.stream().allMatch(signal -> signalsSeen.getOrDefault(signal, 0L) >= TIMES);
    }

    @Override
    public String toString() {
        return "%d files, %d processes, %d timers, %d bytes, signals %s"
                .formatted(filesSeen, processesSeen, timersSeen, bytesSeen, signalsSeen);
    }

    // ---- sources

    private interface Step<T> {
        T run() throws Exception;
    }

    private <T> T measure(String what, int count, Step<T> step) throws Exception {
        long descriptors = OpenDescriptors.count();
        long heap = usedHeap();
        long start = System.nanoTime();
        T result = step.run();
        long nanos = System.nanoTime() - start;
        figures.add(
                "%,d %s: %,d descriptors, %,d bytes of heap each, registered in %,d ms"
                        .formatted(
                                count,
                                what,
                                OpenDescriptors.count() - descriptors,
                                (usedHeap() - heap) / count,
                                nanos / 1_000_000));
        return result;
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private List<Path> registerFiles(int count) throws IOException {
        List<Path> paths = new ArrayList<>();
        Path directory = Files.createTempDirectory(folder, "files");
        for (int i = 0; i < count; i++) {
            Path path = Files.createFile(directory.resolve("file" + i));
            paths.add(path);
            selector.watchFile(path, FILE_EVENTS, new Once(i));
        }
        return paths;
    }

    private Process startProcesses(int count) throws IOException {
        String script = "i=0; while [ $i -lt " + count + " ]; do sleep 1000 & echo $!; i=$((i+1)); done; wait";
        Process parent = new ProcessBuilder("/bin/sh", "-c", script).start();
        opened.add(() -> parent.destroyForcibly().waitFor());
        return parent;
    }

    private static List<Long> readPids(Process parent, int count) throws IOException {
        BufferedReader reader = parent.inputReader();
        List<Long> pids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pids.add(Long.parseLong(reader.readLine()));
        }
        return pids;
    }

    private Void registerProcesses(List<Long> pids) throws IOException {
        for (int i = 0; i < pids.size(); i++) {
            ProcessHandle process = ProcessHandle.of(pids.get(i)).orElseThrow();
            selector.watchProcess(process, EnumSet.of(ProcessEvent.EXIT), new Once(i));
        }
        return null;
    }

    /**
     * Every signal that may be caught. The JVM must not shut down by some, and processes must not inherit any ignored.
     */
    private List<Signal> registerSignals() {
        List<Signal> signals = new ArrayList<>();
        for (Signal signal : Signal.values()) {
            if (!signal.isDefined()) {
                continue;
            }
            try {
                selector.watchSignal(signal).cancel();
                selector.selectNow();
                formerHandlers.put(signal, JvmSignal.handle(signal.name(), JvmSignal.handler(() -> {})));
                selector.watchSignal(signal);
                signals.add(signal);
            } catch (IOException kept) {
                assertThat(kept).hasMessageContaining(signal.cName());
            }
        }
        assertThat(signals).hasSizeGreaterThan(15).contains(Signal.HUP, Signal.TERM, Signal.USR1, Signal.CHLD);
        return signals;
    }

    private List<SocketChannel> registerSockets(int count) throws IOException {
        List<SocketChannel> clients = new ArrayList<>();
        KQueueSelectorProvider provider = KQueueSelectorProvider.instance();
        try (ServerSocketChannel listener = provider.openServerSocketChannel()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
            for (int i = 0; i < count; i++) {
                SocketChannel client = provider.openSocketChannel();
                opened.add(client);
                client.connect(listener.getLocalAddress());
                SocketChannel server = listener.accept();
                opened.add(server);
                server.configureBlocking(false);
                server.register(selector, SelectionKey.OP_READ, new Once(i));
                clients.add(client);
            }
        }
        return clients;
    }

    private Void registerTimers(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            // Not in the order of their time
            selector.schedule(Duration.ofMillis(1 + i * 7919L % 2000), new Once(i));
        }
        return null;
    }

    // ---- causes

    private static void causeAll(List<Path> paths, List<Long> pids, List<Signal> signals, List<SocketChannel> clients) {
        try {
            int last = Math.max(Math.max(paths.size(), pids.size()), Math.max(clients.size(), TIMES));
            for (int i = 0; i < last; i++) {
                if (i < paths.size()) {
                    Files.writeString(paths.get(i), "more", StandardOpenOption.APPEND);
                }
                if (i < pids.size()) {
                    ProcessHandle process = ProcessHandle.of(pids.get(i)).orElseThrow();
                    assertThat(i % 2 == 0 ? process.destroy() : process.destroyForcibly()).isTrue();
                }
                if (i < clients.size()) {
                    clients.get(i).write(ByteBuffer.allocate(4).putInt(0, i));
                }
                if (i < TIMES) {
                    signals.forEach(signal -> JvmSignal.raise(signal.name()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- events

    private void see(SelectionKey key) {
        events++;
        switch (key) {
            case VnodeKey file -> {
                assertThat(file.events())
                        .as("events of %s", file.path())
                        .isSubsetOf(VnodeEvent.WRITE, VnodeEvent.EXTEND);
                filesSeen += first(key) ? 1 : 0;
            }
            case ProcessKey process -> {
                int number = ((Once) key.attachment()).number;
                Signal by = number % 2 == 0 ? Signal.TERM : Signal.KILL;
                assertThat(process.terminationSignal()).hasValue(by.number());
                assertThat(first(key)).as("first event of %s", process).isTrue();
                processesSeen++;
            }
            case SignalKey signal -> signalsSeen.merge(signal.signal(), signal.count(), Long::sum);
            case TimerKey timer -> {
                assertThat(timer.expirations()).isOne();
                assertThat(first(key)).as("first event of a timer").isTrue();
                timersSeen++;
            }
            default -> read(key);
        }
    }

    private static boolean first(SelectionKey key) {
        Once once = (Once) key.attachment();
        boolean first = !once.seen;
        once.seen = true;
        return first;
    }

    private void read(SelectionKey key) {
        ByteBuffer number = ByteBuffer.allocate(8);
        try {
            assertThat(((SocketChannel) key.channel()).read(number)).isEqualTo(4);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(number.getInt(0)).isEqualTo(((Once) key.attachment()).number);
        assertThat(first(key)).isTrue();
        bytesSeen++;
    }
}
