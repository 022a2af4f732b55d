package dev.kqueue.internal.bsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MillisecondTimersTest {
    private static KEventList timer(String unit, long data) {
        assumeTrue(Abi.HOST.isDefined(unit), unit + " is not defined here");
        return KEventList.allocate(1).add(3, Filter.TIMER.value(), KEvent.EV_ADD, Abi.HOST.constant(unit), data, 77);
    }

    @ParameterizedTest
    @CsvSource({
        "NOTE_SECONDS, 2, 2000",
        "NOTE_SECONDS, 9223372036854775807, 9223372036854775807",
        "NOTE_USECONDS, 2000, 2",
        "NOTE_USECONDS, 1, 1",
        "NOTE_NSECONDS, 250000000, 250",
        "NOTE_NSECONDS, 250000001, 251",
        "NOTE_NSECONDS, 0, 0",
    })
    void unitsBecomeMillisecondsRoundedUp(String unit, long data, long millis) {
        KEventList rewritten = MillisecondTimers.rewritten(timer(unit, data));
        assertThat(rewritten.data(0)).isEqualTo(millis);
        assertThat(rewritten.fflags(0)).isZero();
        assertThat(rewritten.flags(0)).isEqualTo(KEvent.EV_ADD);
        assertThat(rewritten.ident(0)).isEqualTo(3);
        assertThat(rewritten.udata(0)).isEqualTo(77);
    }

    @Test
    void callersListStaysAsItIs() {
        KEventList changes = timer("NOTE_NSECONDS", 250_000_000);
        assertThat(MillisecondTimers.rewritten(changes)).isNotSameAs(changes);
        assertThat(changes.data(0)).isEqualTo(250_000_000);
    }

    @Test
    void listWithoutUnitsIsTakenAsItIs() {
        KEventList changes =
                KEventList.allocate(2)
                        .add(3, Filter.TIMER.value(), KEvent.EV_ADD, 0, 250, 0)
                        .add(4, Filter.READ.value(), KEvent.EV_ADD, 1, 250, 0);
        assertThat(MillisecondTimers.rewritten(changes)).isSameAs(changes);
    }

    @Test
    void pointInTimeIsReachedOnce() {
        KEventList rewritten = MillisecondTimers.rewritten(timer("NOTE_ABSTIME", System.currentTimeMillis() + 60_000));
        assertThat(rewritten.flags(0)).isEqualTo(KEvent.EV_ADD | KEvent.EV_ONESHOT);
        assertThat(rewritten.data(0)).isBetween(50_000L, 60_000L);
        assertThat(MillisecondTimers.rewritten(timer("NOTE_ABSTIME", 5)).data(0)).isOne();
    }
}
