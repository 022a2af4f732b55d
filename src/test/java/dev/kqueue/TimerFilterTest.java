package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ONESHOT;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** EVFILT_TIMER. */
class TimerFilterTest extends FilterContract {
    /** In milliseconds: so long that a busy machine does not make two of one. */
    private static final int PERIOD = 250;

    @Override
    protected Filter filter() {
        return Filter.TIMER;
    }

    @Override
    protected long ident() {
        return 1;
    }

    @Override
    protected long data() {
        return PERIOD;
    }

    @Override
    protected void cause() throws InterruptedException {
        Thread.sleep(PERIOD + 20);
    }

    @RequiresAbility(Ability.TIMER_UNITS)
    @Test
    @Override
    protected void modifyReplacesFflags() throws Exception {
        Ability.TIMER_RESTARTS.assume();
        int seconds = Abi.HOST.constant("NOTE_SECONDS");
        kq.change(ident(), filter(), EV_ADD, seconds, 1000, 0);
        kq.change(ident(), filter(), EV_ADD, Abi.HOST.constant("NOTE_USECONDS"), 1000, 0);
        awaitFired();
    }

    @RequiresAbility(Ability.TIMER_UNITS)
    @ParameterizedTest
    @CsvSource({"NOTE_SECONDS, 1", "NOTE_MSECONDS, 40", "NOTE_USECONDS, 40000", "NOTE_NSECONDS, 40000000"})
    void unitsAreHonoured(String unit, long data) throws Exception {
        long nanos = unit.equals("NOTE_SECONDS") ? 1_000_000_000 : 40_000_000;
        int fflags = unit.equals("NOTE_MSECONDS") ? Abi.HOST.find(unit).orElse(0) : Abi.HOST.constant(unit);
        long start = System.nanoTime();
        kq.change(ident(), filter(), EV_ADD | EV_ONESHOT, fflags, data, 0);
        awaitFired();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
    }

    @Test
    void missedPeriodsAreCounted() throws Exception {
        kq.change(ident(), filter(), EV_ADD, 0, 10, 0);
        long start = System.nanoTime();
        Thread.sleep(105);
        long count = awaitFired().data();
        long most = (System.nanoTime() - start) / 10_000_000 + 1;
        assertThat(count).isBetween(10L, most);
    }

    @Test
    void periodsPassWhileItIsDisabled() throws Exception {
        kq.change(ident(), filter(), EV_ADD, 0, 10, 0);
        kq.change(ident(), filter(), EV_DISABLE, 0, 10, 0);
        Thread.sleep(105);
        kq.change(ident(), filter(), EV_ENABLE, 0, 10, 0);
        assertThat(awaitFired().data()).isGreaterThanOrEqualTo(10);
    }

    @Test
    void periodicTimerGoesOn() throws Exception {
        kq.change(ident(), filter(), EV_ADD, 0, 5, 0);
        long count = 0;
        long start = System.nanoTime();
        while (count < 20) {
            count += awaitFired().data();
        }
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20 * 5_000_000L - 5_000_000);
    }

    @RequiresAbility(Ability.TIMER_OF_ZERO)
    @Test
    void oneshotTimerOfZeroFiresAtOnce() throws Exception {
        kq.change(ident(), filter(), EV_ADD | EV_ONESHOT, 0, 0, 0);
        assertThat(awaitFired().data()).isEqualTo(1);
    }

    @RequiresAbility(Ability.NEGATIVE_TIMERS_ARE_REFUSED)
    @Test
    void negativePeriodIsEINVAL() throws Exception {
        assertThat(kq.errno(ident(), filter(), EV_ADD, 0, -1)).isEqualTo(Errno.EINVAL);
        assertThat(kq.errno(ident(), filter(), KEvent.EV_DELETE)).isEqualTo(Errno.ENOENT);
    }

    @RequiresAbility(Ability.TIMER_UNITS)
    @Test
    void hugePeriodDoesNotFire() throws Exception {
        Ability.LONG_TIMERS.assume();
        kq.change(ident(), filter(), EV_ADD, Abi.HOST.constant("NOTE_SECONDS"), Long.MAX_VALUE / 2, 0);
        assertThat(kq.fetch(1, Duration.ofMillis(20))).isEmpty();
    }

    @RequiresAbility(Ability.TIMER_RESTARTS)
    @Test
    void addAgainStartsAnew() throws Exception {
        kq.change(ident(), filter(), EV_ADD, 0, 50, 0);
        Thread.sleep(70);
        kq.change(ident(), filter(), EV_ADD, 0, 3_600_000, 0);
        assertThat(kq.pending()).isEmpty();
    }

    /** Milliseconds are what is meant without a unit; macOS has a name of its own, and no other unit for them. */
    private static int absoluteMillis() {
        return Abi.HOST.find("NOTE_ABSTIME").orElseGet(() -> Abi.HOST.constant("NOTE_ABSOLUTE"))
                | Abi.HOST.find("NOTE_MSECONDS").orElse(0);
    }

    @RequiresAbility(Ability.TIMER_UNITS)
    @Test
    void absoluteTimeFiresWhenItHasCome() throws Exception {
        long start = System.currentTimeMillis();
        int fflags = absoluteMillis();
        kq.change(ident(), filter(), EV_ADD | EV_ONESHOT, fflags, start + 100, 0);
        assertThat(awaitFired().data()).isEqualTo(1);
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(start + 100);
        assertThat(kq.pending()).isEmpty();
    }

    @RequiresAbility(Ability.TIMER_UNITS)
    @Test
    void absoluteTimeOfThePastFiresAtOnce() throws Exception {
        int fflags = absoluteMillis();
        kq.change(ident(), filter(), EV_ADD | EV_ONESHOT, fflags, System.currentTimeMillis() - 10, 0);
        // A millisecond later where that is the only unit.
        assertThat(kq.fetch(1, Duration.ofMillis(500))).hasSize(1);
    }

    @Test
    void earlierTimerOfAnotherThreadShortensAWait() throws Exception {
        kq.change(1, filter(), EV_ADD | EV_ONESHOT, 0, 3_600_000, 0);
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        Thread.sleep(30);
                                        kq.change(2, filter(), EV_ADD | EV_ONESHOT, 0, 1, 0);
                                    } catch (Exception e) {
                                        throw new AssertionError(e);
                                    }
                                });
        assertThat(kq.awaitOne().ident()).isEqualTo(2);
        other.join();
    }

    @Test
    void manyTimersAllFireOnce() throws Exception {
        int count = Ability.MANY_TIMERS.isPresent() ? 100_000 : 4_000;
        KEventList changes = KEventList.allocate(count);
        for (int i = 0; i < count; i++) {
            // Not in the order of their time
            changes.add(i, filter().value(), EV_ADD | EV_ONESHOT, 0, 1 + i * 7919L % 200, i);
        }
        kq.kqueue.kevent(changes, null, 0);
        KEventList events = KEventList.allocate(1024);
        Set<Long> fired = new HashSet<>();
        while (fired.size() < count) {
            int n = kq.kqueue.kevent(null, events, KQueueDriver.SOON.toNanos());
            assertThat(n).isPositive();
            for (int i = 0; i < n; i++) {
                assertThat(fired.add(events.ident(i))).isTrue();
            }
        }
        assertThat(kq.pending()).isEmpty();
    }
}
