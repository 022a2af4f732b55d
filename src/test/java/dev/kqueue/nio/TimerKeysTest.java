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
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Timers on this system's kqueue. */
@Timeout(60)
class TimerKeysTest {
    private final KQueueSelector selector = KQueueSelector.open();

    TimerKeysTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    // ---- timers

    @Test
    void timerExpiresOnceIfItHasNoPeriod() throws IOException {
        long start = System.nanoTime();
        TimerKey key = selector.schedule(Duration.ofMillis(20), "timer");

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
        TimerKey key = selector.schedule(Duration.ZERO);

        assertThat(selector.select()).isOne();
        assertThat(key.expirations()).isOne();
    }

    @ParameterizedTest
    @ValueSource(longs = {20_000, 24_900, 36_500, 400_000, Long.MAX_VALUE / 86_400})
    void timerOfManyDaysDoesNotExpire(long days) throws IOException {
        Duration far = Duration.ofDays(days);
        selector.scheduleAtFixedRate(far);
        selector.schedule(far);
        selector.scheduleAtFixedRate(far, Duration.ofDays(1));
        assertThat(selector.select(20)).isZero();
    }

    @Test
    void timerRunsFromItsRegistrationNotFromTheNextSelect() throws Exception {
        TimerKey key = selector.schedule(Duration.ofMillis(50));
        Thread.sleep(60);

        assertThat(selector.selectNow()).isOne();
        assertThat(key.expirations()).isOne();
    }

    @Test
    void missedExpirationsAreCountedIfTheKernelRepeats() throws Exception {
        TimerKey key = selector.scheduleAtFixedRate(Duration.ofMillis(5));
        Thread.sleep(100);

        selector.select();
        assertThat(key.expirations()).isGreaterThanOrEqualTo(19);
    }

    @Test
    void missedExpirationsAreCountedByTheTimeTableOtherwise() throws Exception {
        long start = System.nanoTime();
        TimerKey key = selector.scheduleAtFixedRate(Duration.ofMillis(1), Duration.ofMillis(5));
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
        TimerKey key = selector.scheduleAtFixedRate(Duration.ofMillis(2));
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
        TimerKey key = selector.scheduleAtFixedRate(Duration.ofNanos(300_500));
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
        TimerKey key = selector.scheduleAtFixedRate(Duration.ofMillis(1));
        selector.select();
        key.cancel();

        assertThat(selector.select(30)).isZero();
        assertThat(selector.keys()).isEmpty();
        assertThat(key.channel().isOpen()).isFalse();
    }

    @Test
    void timerWithoutInterestKeepsItsExpirations() throws Exception {
        for (Duration initial : new Duration[] {Duration.ofMillis(2), Duration.ofMillis(1)}) {
            TimerKey key = selector.scheduleAtFixedRate(initial, Duration.ofMillis(2));
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
        try (TimerChannel channel = TimerChannel.after(Duration.ofMillis(5));
                KQueueSelector other = KQueueSelector.open()) {
            channel.register(selector, OP_READ);
            channel.register(other, OP_READ);

            assertThat(selector.select()).isOne();
            assertThat(other.select()).isOne();
        }
    }

    @Test
    void periodThatIsNotPositiveIsRefused() {
        for (Duration period : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
            assertThatThrownBy(() -> selector.scheduleAtFixedRate(period))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(period.toString());
        }
        assertThat(selector.keys()).isEmpty();
    }

    @Test
    void timeThatHasPassedExpiresAtOnce() throws IOException {
        for (TimerKey key :
                List.of(
                        selector.schedule(Duration.ofDays(-1)),
                        selector.schedule(Instant.MIN),
                        selector.scheduleAtFixedRate(Duration.ofDays(-1), Duration.ofDays(1)))) {
            while (key.expirations() == 0) {
                selector.select();
            }
            assertThat(key.expirations()).isOne();
        }
    }

    @Test
    void timeOfDayIsWaitedFor() throws IOException {
        Instant time = Instant.now().plusMillis(30);
        TimerKey key = selector.schedule(time);
        selector.schedule(Instant.MAX);
        selector.select();

        assertThat(key.expirations()).isOne();
        assertThat(Instant.now()).isAfterOrEqualTo(time);
    }

    // ---- reset

    @Test
    void timerThatIsPutOffExpiresAfterTheDelayFromTheReset() throws Exception {
        TimerKey key = selector.schedule(Duration.ofMillis(20));
        for (int i = 0; i < 5; i++) {
            Thread.sleep(10);
            key.reset(Duration.ofMillis(60));
            assertThat(selector.selectNow()).isZero();
        }
        long start = System.nanoTime();
        key.reset(Duration.ofMillis(60));
        assertThat(selector.select()).isOne();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(60_000_000);
        assertThat(key.expirations()).isOne();
    }

    @Test
    void timerThatIsBroughtForwardExpiresEarlier() throws IOException {
        TimerKey once = selector.schedule(Duration.ofDays(1));
        TimerKey repeated = selector.scheduleAtFixedRate(Duration.ofDays(1));
        once.reset(Duration.ofMillis(1));
        repeated.reset(Instant.now());
        while (once.expirations() == 0 || repeated.expirations() == 0) {
            selector.select();
        }
        assertThat(once.expirations()).isOne();
        assertThat(repeated.expirations()).isOne();
    }

    @Test
    void resetByAnotherThreadReachesTheOneThatWaits() throws Exception {
        for (int i = 0; i < 100; i++) {
            TimerKey key = selector.schedule(Duration.ofDays(1));
            Thread thread = Thread.ofPlatform().start(() -> key.reset(Duration.ZERO));
            while (key.expirations() == 0) {
                selector.select();
            }
            assertThat(key.expirations()).isOne();
            selector.selectedKeys().clear();
            thread.join();
        }
    }

    @Test
    void repeatedTimerKeepsItsPeriodAfterAReset() throws IOException {
        TimerKey key = selector.scheduleAtFixedRate(Duration.ofMillis(5));
        key.reset(Duration.ofMillis(1));
        long start = System.nanoTime();
        long sum = 0;
        while (sum < 5) {
            selector.select();
            sum += key.expirations();
            selector.selectedKeys().clear();
        }
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    }

    @Test
    void expirationBeforeTheResetIsDropped() throws Exception {
        TimerKey timer = selector.schedule(Duration.ofMillis(1));
        TimerKey other = selector.schedule(Duration.ofMillis(1));
        Thread.sleep(20);
        List<SelectionKey> told = new ArrayList<>();
        selector.select(
                key -> {
                    told.add(key);
                    (key == timer ? other : timer).reset(Duration.ofDays(1));
                });

        assertThat(told).hasSize(1);
        assertThat(selector.select(told::add, 50)).isZero();
    }

    @Test
    void resetToALaterTimeCostsNoSystemCall() throws IOException {
        TimerKey key = selector.schedule(Duration.ofDays(1));
        selector.selectNow();
        long before = selector.kqueue().statistics().calls();
        for (int i = 0; i < 100; i++) {
            key.reset(Duration.ofDays(2));
        }
        assertThat(selector.kqueue().statistics().calls()).isEqualTo(before);
        selector.selectNow();
        assertThat(selector.kqueue().statistics().calls()).as("the call of the selection").isEqualTo(before + 1);
    }

    @Test
    void resetOfACancelledKeyIsRefused() throws IOException {
        TimerKey key = selector.schedule(Duration.ofDays(1));
        key.cancel();
        assertThatThrownBy(() -> key.reset(Duration.ZERO)).isInstanceOf(CancelledKeyException.class);
    }
}
