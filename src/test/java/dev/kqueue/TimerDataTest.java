package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;

/** Durations and points of time become a unit and a number, on each system's own terms. */
class TimerDataTest {
    private static final Abi DRAGONFLY = abi("dragonfly");

    private static Abi abi(String name) {
        return Abi.of(name, "amd64", "glibc");
    }

    /** What a kernel of that system makes of it. */
    private static Duration read(TimerData timer, int notes, Abi abi) {
        int unit = timer.fflags() & ~notes;
        if (unit == 0) {
            return Duration.ofMillis(timer.data());
        }
        return unit == abi.constant("NOTE_USECONDS")
                ? Duration.ofSeconds(timer.data() / 1_000_000, timer.data() % 1_000_000 * 1_000)
                : Duration.ofNanos(unit == abi.constant("NOTE_NSECONDS") ? timer.data() : -1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"macos", "freebsd", "netbsd", "openbsd", "linux", "libkqueue"})
    void periodIsKeptToTheNanosecond(String name) {
        Abi abi = abi(name);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long nanos = random.nextLong() >>> (4 + random.nextInt(59));
            Duration period =
                    Duration.ofNanos(nanos)
                            .truncatedTo(
                                    new ChronoUnit[] {
                                                ChronoUnit.NANOS,
                                                ChronoUnit.MICROS,
                                                ChronoUnit.MILLIS,
                                                ChronoUnit.SECONDS
                                            }
                                            [random.nextInt(4)]);

            assertThat(read(TimerData.of(period, abi), 0, abi)).as("seed %d", seed).isEqualTo(period);
        }
    }

    @Test
    void wholeMillisecondsNeedNoUnitAnywhere() {
        assertThat(Abi.NAMES)
                .allSatisfy(
                        name ->
                                assertThat(TimerData.of(Duration.ofSeconds(90), abi(name)))
                                        .isEqualTo(new TimerData(0, 90_000)));
    }

    @Test
    void unitsHaveEachSystemsNumber() {
        assertThat(TimerData.of(Duration.ofNanos(1_500_000), abi("freebsd"))).isEqualTo(new TimerData(4, 1_500));
        assertThat(TimerData.of(Duration.ofNanos(1_500_000), abi("macos"))).isEqualTo(new TimerData(2, 1_500));
        assertThat(TimerData.of(Duration.ofNanos(1), abi("freebsd"))).isEqualTo(new TimerData(8, 1));
        assertThat(TimerData.of(Duration.ofNanos(1), abi("macos"))).isEqualTo(new TimerData(4, 1));
        assertThat(TimerData.of(Duration.ofNanos(1), abi("netbsd"))).isEqualTo(new TimerData(3, 1));
    }

    @Test
    void partOfMillisecondIsRefusedWhereItWouldBeLost() {
        assertThatThrownBy(() -> TimerData.of(Duration.ofNanos(1_500_000), DRAGONFLY))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("DragonFly BSD")
                .hasMessageContaining("PT0.0015S");
    }

    @Test
    void periodBeyondTheLongestIsTheLongest() {
        for (Duration period :
                new Duration[] {TimerData.LONGEST, Duration.ofDays(400_000), ChronoUnit.FOREVER.getDuration()}) {
            assertThat(Abi.NAMES)
                    .allSatisfy(
                            name ->
                                    assertThat(TimerData.of(period, abi(name)))
                                            .isEqualTo(new TimerData(0, TimerData.LONGEST.toMillis())));
        }
        Duration untilBootWasLongAgo = Duration.ofDays(365 * 18);
        assertThat(TimerData.LONGEST.plus(untilBootWasLongAgo).toSeconds()).isLessThan(Integer.MAX_VALUE);
    }

    @Test
    void negativePeriodIsRefused() {
        assertThatThrownBy(() -> TimerData.of(Duration.ofMillis(-1), abi("freebsd")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.001S");
    }

    @Test
    void pointInTimeSaysThatItIsOne() {
        Instant deadline = Instant.parse("2031-05-06T07:08:09.123456Z");
        long micros = deadline.getEpochSecond() * 1_000_000 + 123_456;

        assertThat(TimerData.at(deadline, abi("freebsd"))).isEqualTo(new TimerData(0x10 | 4, micros));
        assertThat(TimerData.at(deadline, abi("macos"))).isEqualTo(new TimerData(8 | 2, micros));
    }

    @Test
    void pointBeforeTheEpochIsNegative() {
        Instant before = Instant.EPOCH.minusNanos(1_000);

        assertThat(TimerData.at(before, abi("freebsd"))).isEqualTo(new TimerData(0x10 | 4, -1));
    }

    @Test
    void pointInTimeIsRefusedWhereTimersAreRelative() {
        assertThatThrownBy(() -> TimerData.at(Instant.EPOCH, DRAGONFLY))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("NOTE_ABSTIME")
                .hasMessageContaining("DragonFly BSD");
    }
}
