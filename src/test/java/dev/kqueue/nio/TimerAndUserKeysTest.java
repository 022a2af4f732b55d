package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Timers and user events on this system's kqueue. */
@Timeout(60)
class TimerAndUserKeysTest {
    private final KQueueSelector selector = KQueueSelector.open();

    TimerAndUserKeysTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    // ---- timers

    @Test
    void timerExpiresOnceIfItHasNoPeriod() throws IOException {
        long start = System.nanoTime();
        TimerKey key = selector.schedule(Duration.ofMillis(20), Duration.ZERO, "timer");

        assertThat(selector.select()).isOne();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
        assertThat(selector.selectedKeys()).containsExactly(key);
        assertThat(key.attachment()).isEqualTo("timer");
        assertThat(key.expirations()).isOne();
        selector.selectedKeys().clear();
        assertThat(selector.select(100)).isZero();
    }

    @Test
    void timerWithoutDelayExpiresAtOnce() throws IOException {
        TimerKey key = selector.schedule(Duration.ZERO, Duration.ZERO, null);

        assertThat(selector.select()).isOne();
        assertThat(key.expirations()).isOne();
    }

    @ParameterizedTest
    @ValueSource(longs = {20_000, 24_900, 36_500, 400_000, Long.MAX_VALUE / 86_400})
    void timerOfManyDaysDoesNotExpire(long days) throws IOException {
        Duration far = Duration.ofDays(days);
        selector.schedule(far, far, null);
        selector.schedule(far, Duration.ZERO, null);
        selector.schedule(far, Duration.ofDays(1), null);
        assertThat(selector.select(20)).isZero();
    }

    @Test
    void timerRunsFromItsRegistrationNotFromTheNextSelect() throws Exception {
        TimerKey key = selector.schedule(Duration.ofMillis(50), Duration.ZERO, null);
        Thread.sleep(60);

        assertThat(selector.selectNow()).isOne();
        assertThat(key.expirations()).isOne();
    }

    @Test
    void missedExpirationsAreCountedIfTheKernelRepeats() throws Exception {
        TimerKey key = selector.schedule(Duration.ofMillis(5), Duration.ofMillis(5), null);
        Thread.sleep(100);

        selector.select();
        assertThat(key.expirations()).isGreaterThanOrEqualTo(19);
    }

    @Test
    void missedExpirationsAreCountedByTheTimeTableOtherwise() throws Exception {
        long start = System.nanoTime();
        TimerKey key = selector.schedule(Duration.ofMillis(1), Duration.ofMillis(5), null);
        long sum = 0;
        for (int i = 0; i < 10; i++) {
            Thread.sleep(7);
            selector.select();
            sum += key.expirations();
            selector.selectedKeys().clear();
        }
        long passed = System.nanoTime() - start;

        // The first is due at 1 ms, and then every 5: none is lost, none is early.
        assertThat(sum).isLessThanOrEqualTo(1 + (passed - 1_000_000) / 5_000_000);
        assertThat(sum).isGreaterThanOrEqualTo(1 + (69_000_000L - 1_000_000) / 5_000_000);
    }

    @Test
    void expirationsAddUpWhileTheKeyIsSelected() throws IOException {
        TimerKey key = selector.schedule(Duration.ofMillis(2), Duration.ofMillis(2), null);
        long before = 0;
        for (int i = 0; i < 10; i++) {
            selector.select();
            long now = key.expirations();
            assertThat(now).isGreaterThan(before);
            before = now;
        }
    }

    @Test
    void timerOfMicrosecondsIsOne() throws IOException {
        TimerKey key = selector.schedule(Duration.ofNanos(300_500), Duration.ofNanos(300_500), null);
        long start = System.nanoTime();
        long sum = 0;
        while (sum < 100) {
            selector.select();
            sum += key.expirations();
            selector.selectedKeys().clear();
        }

        assertThat(System.nanoTime() - start).isGreaterThan(99 * 300_500L - 300_500L);
    }

    @Test
    void cancelledTimerIsSilent() throws IOException {
        TimerKey key = selector.schedule(Duration.ofMillis(1), Duration.ofMillis(1), null);
        selector.select();
        key.cancel();

        assertThat(selector.select(30)).isZero();
        assertThat(selector.keys()).isEmpty();
        assertThat(key.channel().isOpen()).isFalse();
    }

    @Test
    void timerWithoutInterestKeepsItsExpirations() throws Exception {
        for (Duration initial : new Duration[] {Duration.ofMillis(2), Duration.ofMillis(1)}) {
            TimerKey key = selector.schedule(initial, Duration.ofMillis(2), null);
            key.interestOps(0);
            assertThat(selector.select(40)).isZero();
            key.interestOps(OP_READ);
            selector.select();

            assertThat(key.expirations()).isGreaterThanOrEqualTo(15);
            key.cancel();
            selector.selectNow();
        }
    }

    @Test
    void oneChannelIsATimerOfEachSelector() throws IOException {
        try (TimerChannel channel = TimerChannel.open(Duration.ofMillis(5), Duration.ZERO);
                KQueueSelector other = KQueueSelector.open()) {
            channel.register(selector, OP_READ);
            channel.register(other, OP_READ);

            assertThat(selector.select()).isOne();
            assertThat(other.select()).isOne();
        }
    }

    @Test
    void negativeTimesAreRefused() {
        assertThatThrownBy(() -> TimerChannel.open(Duration.ofNanos(-1), Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TimerChannel.open(Duration.ZERO, Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // ---- user events

    @Test
    void triggersBeforeASelectAreCounted() throws IOException {
        UserKey key = selector.userEvent(null);
        key.trigger();
        key.trigger();
        key.channel().trigger();

        assertThat(selector.select()).isOne();
        assertThat(key.count()).isEqualTo(3);
        assertThat(selector.selectNow()).isZero();
        key.trigger();
        selector.selectNow();
        assertThat(key.count()).as("adds up until it is taken").isEqualTo(4);
        selector.selectedKeys().clear();
        key.trigger();
        selector.selectNow();
        assertThat(key.count()).isOne();
    }

    @Test
    void whatAnActionThrowsTakesNoEventFromOtherKeys() throws Exception {
        List<EventKey> keys = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            UserKey user = selector.userEvent(null);
            user.trigger();
            keys.add(user);
            keys.add(selector.schedule(Duration.ofMillis(1), Duration.ZERO, null));
        }
        Thread.sleep(50);
        List<SelectionKey> told = new ArrayList<>();
        assertThatThrownBy(
                        () ->
                                selector.selectNow(
                                        key -> {
                                            told.add(key);
                                            throw new IllegalStateException("of the program");
                                        }))
                .hasMessage("of the program");
        assertThat(told).hasSize(1);
        assertThat(selector.selectNow(told::add)).isEqualTo(3);
        assertThat(told).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(selector.selectNow(told::add)).isZero();
    }

    @Test
    void triggerFromAnotherThreadEndsTheWaitWithTheKey() throws Exception {
        UserKey key = selector.userEvent(null);
        for (int i = 0; i < 200; i++) {
            Thread thread = Thread.ofPlatform().start(key::trigger);
            assertThat(selector.select()).isOne();
            assertThat(key.count()).isOne();
            selector.selectedKeys().clear();
            thread.join();
        }
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void noTriggerIsLostOrInvented() throws Exception {
        int threads = 4;
        int times = 20_000;
        UserKey key = selector.userEvent(null);
        List<Thread> triggering = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            triggering.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int n = 0; n < times; n++) {
                                            key.trigger();
                                        }
                                    }));
        }
        AtomicInteger sum = new AtomicInteger();
        while (sum.get() < threads * times) {
            selector.select(ready -> sum.addAndGet((int) ((UserKey) ready).count()));
        }
        for (Thread thread : triggering) {
            thread.join();
        }

        assertThat(selector.selectNow()).isZero();
        assertThat(sum).hasValue(threads * times);
    }

    @Test
    void triggerWithoutInterestWakesNobodyAndIsKept() throws IOException {
        UserKey key = selector.userEvent(null);
        key.interestOps(0);
        key.trigger();
        assertThat(selector.select(50)).isZero();
        key.trigger();
        key.interestOps(OP_READ);

        assertThat(selector.select()).isOne();
        assertThat(key.count()).isEqualTo(2);
    }

    @Test
    void triggerOfCancelledKeyDoesNothing() throws IOException {
        UserKey key = selector.userEvent(null);
        key.trigger();
        key.cancel();
        key.trigger();

        assertThat(selector.selectNow()).isZero();
        key.trigger();
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void channelTriggersEachOfItsSelectors() throws IOException {
        try (UserChannel channel = UserChannel.open();
                KQueueSelector other = KQueueSelector.open()) {
            SelectionKey here = channel.register(selector, OP_READ);
            SelectionKey there = channel.register(other, OP_READ);
            channel.trigger();

            assertThat(selector.selectNow()).isOne();
            assertThat(other.selectNow()).isOne();
            assertThat(selector.selectedKeys()).containsExactly(here);
            assertThat(other.selectedKeys()).containsExactly(there);
        }
    }

    @Test
    void triggerCostsNoSystemCallIfNobodyWaits() throws IOException {
        UserKey key = selector.userEvent(null);
        long before = selector.kqueue().statistics().calls();
        for (int i = 0; i < 1000; i++) {
            key.trigger();
        }

        assertThat(selector.kqueue().statistics().calls()).isEqualTo(before);
    }

    @Test
    void typesTellKeysApart() throws IOException {
        selector.schedule(Duration.ofMillis(1), Duration.ZERO, null);
        selector.userEvent(null).trigger();
        List<String> seen = new ArrayList<>();
        while (seen.size() < 2) {
            selector.select(
                    key ->
                            seen.add(
                                    switch (key) {
                                        case TimerKey timer -> "timer " + timer.expirations();
                                        case UserKey user -> "user " + user.count();
                                        default -> throw new AssertionError(key);
                                    }));
        }

        assertThat(seen).containsExactlyInAnyOrder("timer 1", "user 1");
    }
}
