package dev.kqueue.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/** One run of {@link StressWorker}s on shared channels and selectors. */
final class ChannelsStress {
    private static final int CONNECTIONS = 16;
    private static final int SELECTORS = 3;
    private static final int WORKERS = 16;

    /** Far longer than anything here takes, on a machine however slow. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private final long seed;
    private final Path directory;
    private final AtomicInteger files = new AtomicInteger();
    private final AtomicReferenceArray<StressConnection> connections = new AtomicReferenceArray<>(CONNECTIONS);
    private final List<Selector> selectors = new ArrayList<>();
    private final List<StressWorker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<FutureTask<Void>> tasks = new ArrayList<>();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private volatile boolean ending;

    /**
     * @param directory for the files of Unix-domain sockets
     */
    ChannelsStress(long seed, Path directory) {
        this.seed = seed;
        this.directory = directory;
    }

    /** Runs for so long; returns how often what was done. */
    Map<String, Long> run(long nanos) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < SELECTORS; i++) {
            selectors.add(Selector.open());
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            TcpPair pair = TcpPair.open();
            connections.set(i, new StressConnection(pair.client(), pair.server(), random.nextLong()));
        }
        for (int i = 0; i < WORKERS; i++) {
            StressWorker worker = new StressWorker(this, seed + i + 1);
            FutureTask<Void> task = new FutureTask<>(worker);
            workers.add(worker);
            tasks.add(task);
            threads.add((i % 3 == 0 ? Threads.VIRTUAL : Threads.PLATFORM).thread(task));
        }
        threads.forEach(Thread::start);
        disturb(random, System.nanoTime() + nanos);
        end();
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
        drain();
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.get(i).close();
        }
        for (Selector selector : selectors) {
            selector.close();
        }
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((what, count) -> sums.put(what, count.sum()));
        return sums;
    }

    /** Sees to it that not all workers wait for each other. */
    private void disturb(Random random, long until) throws IOException, InterruptedException {
        while (System.nanoTime() < until && !ending) {
            StressConnection connection = connection(random);
            if (random.nextInt(4) == 0) {
                interrupt(random);
            } else if (random.nextInt(3) == 0) {
                connection.end(random).channel.close();
            }
            Thread.sleep(1);
        }
    }

    /** Lets the workers end, those that wait by what they wait for. */
    private void end() throws IOException, InterruptedException {
        ending = true;
        long deadline = System.nanoTime() + PATIENCE;
        while (!tasks.stream().allMatch(FutureTask::isDone)) {
            for (StressWorker worker : workers) {
                worker.release();
            }
            requireNot(System.nanoTime() > deadline, "a worker hangs");
            Thread.sleep(1);
        }
    }

    /** What has been written on the connections that are left must all come, and their selectors tell of it. */
    private void drain() throws IOException {
        List<StressConnection.End> open = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            if (!connections.get(i).isDisturbed()) {
                open.addAll(connections.get(i).ends());
            }
        }
        // Keys that were cancelled leave their selectors before the channels are registered again.
        for (Selector selector : selectors) {
            selector.selectNow(key -> {});
        }
        for (StressConnection.End end : open) {
            end.channel.configureBlocking(false);
            boolean registered = false;
            for (Selector selector : selectors) {
                SelectionKey key = end.channel.keyFor(selector);
                if (key != null) {
                    key.interestOps(registered ? 0 : SelectionKey.OP_READ);
                    registered = true;
                }
            }
            if (!registered) {
                end.channel.register(selectors.getFirst(), SelectionKey.OP_READ, end);
            }
        }
        long deadline = System.nanoTime() + PATIENCE;
        while (!open.stream().allMatch(StressConnection.End::isDrained)) {
            for (Selector selector : selectors) {
                selector.select(ChannelsStress::take, 1);
            }
            requireNot(System.nanoTime() > deadline, "a selector does not tell of what has come: " + open);
        }
    }

    private static void take(SelectionKey key) {
        if (key.attachment() instanceof StressConnection.End end && key.isReadable() && end.channel.isOpen()) {
            try {
                if (!end.read(ByteBuffer.allocate(4096), null)) {
                    key.cancel();
                }
            } catch (IOException failure) {
                if (!end.connection().isDisturbed()) {
                    throw new AssertionError("out of the blue, on " + end, failure);
                }
                key.cancel();
            }
        }
    }

    private void requireNot(boolean bad, String what) {
        if (bad) {
            StringBuilder stacks = new StringBuilder(what + ", seed " + seed);
            for (Thread thread : threads) {
                stacks.append("\n\n").append(thread);
                Arrays.stream(thread.getStackTrace()).forEach(frame -> stacks.append("\n    ").append(frame));
            }
            throw new AssertionError(stacks);
        }
    }

    // ---- what the workers share

    boolean isEnding() {
        return ending;
    }

    /** Nothing is to be learnt from going on. */
    void failed() {
        ending = true;
    }

    void count(String what) {
        counts.computeIfAbsent(what, first -> new LongAdder()).increment();
    }

    StressConnection connection(Random random) {
        return connections.get(random.nextInt(CONNECTIONS));
    }

    Selector selector(Random random) {
        return selectors.get(random.nextInt(SELECTORS));
    }

    /** Puts a connection in another's place, and closes the other: one end, then both. */
    void replace(Random random, StressConnection by) throws IOException {
        StressConnection old = connections.getAndSet(random.nextInt(CONNECTIONS), by);
        old.end(random).channel.close();
        old.close();
    }

    void interrupt(Random random) {
        threads.get(random.nextInt(threads.size())).interrupt();
        count("interrupts");
    }

    /** An address to listen at: of an IPv4 port, or of a file. */
    SocketAddress address(Random random) {
        return random.nextInt(3) == 0
                ? UnixDomainSocketAddress.of(directory.resolve("socket" + files.incrementAndGet()))
                : new InetSocketAddress(TcpPair.LOOPBACK, 0);
    }
}
