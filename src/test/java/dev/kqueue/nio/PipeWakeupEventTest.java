package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A selector on a kernel without EVFILT_USER is woken all the same. */
@Timeout(120)
class PipeWakeupEventTest {
    private KQueueSelector selector;

    @BeforeEach
    void open() throws IOException {
        selector = new KQueueSelector(null, WithoutUserEvents.unknown());
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    @Test
    void wakeupBeforeAWaitPreventsIt() throws IOException {
        selector.wakeup();
        assertThat(selector.select()).isZero();
    }

    @Test
    void wakeupEndsAWait() throws Exception {
        for (int i = 0; i < 1000; i++) {
            Thread waker = Thread.ofPlatform().start(selector::wakeup);
            assertThat(selector.select()).isZero();
            waker.join();
            selector.selectNow();
        }
    }

    @Test
    void pipeNeverFills() throws Exception {
        // Each round's wait is over before the next one's wakeup: as many bytes as a pipe has no room for.
        UserKey key = selector.addUserEvent();
        AtomicInteger seen = new AtomicInteger();
        int rounds = 20_000;
        Thread selecting =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        while (seen.get() < rounds) {
                                            selector.select(ready -> seen.addAndGet((int) ((UserKey) ready).count()));
                                        }
                                    } catch (IOException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        for (int i = 0; i < rounds; i++) {
            key.trigger();
            while (i % 100 == 0 && seen.get() <= i) {
                Thread.onSpinWait();
            }
        }
        selecting.join();
        assertThat(seen).hasValue(rounds);
    }

    @Test
    void noneOfManyThreadsIsMissed() throws Exception {
        UserKey key = selector.addUserEvent();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < 5000; i++) {
                                            key.trigger();
                                        }
                                    }));
        }
        AtomicInteger seen = new AtomicInteger();
        while (seen.get() < 20_000) {
            selector.select(ready -> seen.addAndGet((int) ((UserKey) ready).count()));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(seen).hasValue(20_000);
    }

    @Test
    void wakeupEndsTheWaitOfAVirtualThread() throws Exception {
        for (int i = 0; i < 100; i++) {
            Thread waiter = Thread.ofVirtual().start(() -> select(selector));
            selector.wakeup();
            waiter.join();
        }
    }

    private static void select(KQueueSelector selector) {
        try {
            selector.select();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closeEndsAWaitAndGivesThePipeBack() throws Exception {
        // Not all descriptors: idle pollers of tests before this one may give up theirs meanwhile.
        long before = OpenDescriptors.pipes();
        for (int i = 0; i < 50; i++) {
            KQueueSelector other = new KQueueSelector(null, WithoutUserEvents.unknown());
            assertThat(OpenDescriptors.pipes()).isGreaterThanOrEqualTo(before + 2);
            Thread waiter = Thread.ofPlatform().start(() -> assertClosed(other));
            for (int spins = i * 1000; spins > 0; spins--) {
                Thread.onSpinWait();
            }
            other.close();
            waiter.join();
            other.wakeup();
        }
        assertThat(OpenDescriptors.pipes()).isEqualTo(before);
    }

    private static void assertClosed(KQueueSelector selector) {
        assertThatThrownBy(() -> selectForEver(selector)).isInstanceOf(ClosedSelectorException.class);
    }

    private static void selectForEver(KQueueSelector selector) throws IOException {
        while (true) {
            selector.select();
        }
    }

    @Test
    void kernelThatHasNoUserEventToSpareIsServedByAPipeToo() throws Exception {
        try (KQueueSelector other = new KQueueSelector(null, WithoutUserEvents.usedUp())) {
            Thread waker = Thread.ofPlatform().start(other::wakeup);
            assertThat(other.select()).isZero();
            waker.join();
        }
    }
}
