package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.channels.SelectionKey.OP_READ;

import dev.kqueue.KEvent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that register, cancel, trigger and change event keys while one selects. */
@Timeout(120)
class EventKeysStressTest {
    private static final EnumSet<ProcessEvent> EXIT = EnumSet.of(ProcessEvent.EXIT);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final long seed = System.nanoTime();

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    private interface Step {
        void run(Random random) throws Exception;
    }

    private static void assertReady(SelectionKey key) {
        try {
            assertThat(key.readyOps()).isEqualTo(OP_READ);
        } catch (CancelledKeyException cancelled) {
            // By another thread, between the selector's look at the key and this one's.
            assertThat(key.isValid()).isFalse();
        }
    }

    /** Runs the step many times on some threads while this one selects; then nothing is left. */
    private void stress(KQueueSelector selector, int times, Step step) throws Exception {
        long before = OpenDescriptors.count();
        List<Future<?>> running = new ArrayList<>();
        AtomicInteger left = new AtomicInteger(3);
        for (int i = 0; i < 3; i++) {
            Random random = new Random(seed + i);
            running.add(
                    threads.submit(
                            () -> {
                                try {
                                    for (int n = 0; n < times; n++) {
                                        step.run(random);
                                    }
                                } finally {
                                    left.decrementAndGet();
                                    selector.wakeup();
                                }
                                return null;
                            }));
        }
        while (left.get() > 0) {
            selector.select(EventKeysStressTest::assertReady);
        }
        for (Future<?> one : running) {
            one.get();
        }
        selector.selectNow();

        assertThat(selector.keys()).as("seed %d", seed).isEmpty();
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before);
    }

    @Test
    void keysOfAllKindsComeAndGo(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        try (KQueueSelector selector = KQueueSelector.open()) {
            // What a kqueue opens for a filter with its first knote stays open.
            selector.watchFile(file, EnumSet.of(VnodeEvent.WRITE)).cancel();
            selector.schedule(Duration.ofDays(1)).cancel();
            selector.selectNow();
            AtomicInteger idents = new AtomicInteger(1);
            stress(
                    selector,
                    700,
                    random -> {
                        EventKey key =
                                switch (random.nextInt(5)) {
                                    case 0 -> selector.watchFile(file, EnumSet.of(VnodeEvent.WRITE));
                                    case 1 ->
                                            selector.scheduleAtFixedRate(
                                                    Duration.ofNanos(1 + random.nextInt(2_000_000)));
                                    case 2 -> selector.addUserEvent();
                                    case 3 ->
                                            selector.watch(
                                                    KEvent.timer(
                                                            idents.getAndIncrement(),
                                                            KEvent.EV_ONESHOT,
                                                            Duration.ofDays(1),
                                                            null));
                                    default ->
                                            selector.watch(
                                                    KEvent.timer(
                                                            idents.getAndIncrement(),
                                                            KEvent.EV_ADD,
                                                            Duration.ofMillis(1),
                                                            null));
                                };
                        switch (random.nextInt(4)) {
                            case 0 -> Files.writeString(file, "some");
                            case 1 -> key.interestOps(0).interestOps(OP_READ);
                            case 2 -> selector.wakeup();
                            default -> {
                                if (key instanceof UserKey user) {
                                    user.trigger();
                                }
                            }
                        }
                        if (random.nextInt(8) == 0) {
                            key.channel().close();
                        } else {
                            key.cancel();
                        }
                    });
        }
    }

    @Test
    void oneProcessIsWatchedByOneKeyAtATime() throws Exception {
        Process process = new ProcessBuilder("/bin/sh", "-c", "read line").start();
        try (KQueueSelector selector = KQueueSelector.open()) {
            AtomicInteger refused = new AtomicInteger();
            stress(
                    selector,
                    2_000,
                    random -> {
                        try {
                            ProcessKey key = selector.watchProcess(process.toHandle(), EXIT);
                            if (random.nextBoolean()) {
                                selector.wakeup();
                            }
                            key.cancel();
                        } catch (IllegalStateException watched) {
                            refused.incrementAndGet();
                        }
                    });
            ProcessKey last = selector.watchProcess(process.toHandle(), EXIT);
            selector.selectNow();
            process.destroyForcibly();
            selector.select();

            assertThat(last.hasExited()).as("%d were refused", refused.get()).isTrue();
        }
        process.waitFor();
    }

    @Test
    void selectorMayBeClosedWhileOthersRegister(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        long before = OpenDescriptors.count();
        for (int round = 0; round < 50; round++) {
            KQueueSelector selector = KQueueSelector.open();
            List<Future<?>> running = new ArrayList<>();
            List<EventKey> keys = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 3; i++) {
                int number = i;
                running.add(
                        threads.submit(
                                () -> {
                                    try {
                                        for (int n = 0; ; n++) {
                                            keys.add(
                                                    switch (number) {
                                                        case 0 ->
                                                                selector.watchFile(file, EnumSet.of(VnodeEvent.WRITE));
                                                        case 1 ->
                                                                selector.watch(
                                                                        KEvent.timer(
                                                                                n + 1, 0, Duration.ofDays(1), null));
                                                        default ->
                                                                selector.scheduleAtFixedRate(
                                                                        Duration.ZERO, Duration.ofMillis(1));
                                                    });
                                        }
                                    } catch (ClosedSelectorException closed) {
                                        return null;
                                    }
                                }));
            }
            selector.select(1);
            Thread.sleep(1);
            selector.close();
            for (Future<?> one : running) {
                one.get();
            }

            assertThat(keys).noneMatch(EventKey::isValid).noneMatch(key -> key.channel().isOpen());
        }
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before);
    }
}
