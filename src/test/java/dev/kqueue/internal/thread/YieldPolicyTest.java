package dev.kqueue.internal.thread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.FutureTask;

class YieldPolicyTest {
    private long now;
    private long yieldTakes;
    private long waitTakes;
    private int events = 1;
    private int yields;

    private final YieldPolicy yieldPolicy =
            new YieldPolicy(
                    () -> now,
                    () -> {
                        yields++;
                        now += yieldTakes;
                    });

    private void waits(int count) {
        for (int i = 0; i < count; i++) {
            yieldPolicy.beforeWait();
            now += waitTakes;
            yieldPolicy.afterWait(events);
        }
    }

    @Test
    void loopOfOneThreadYieldsNever() {
        waits(1000);
        assertThat(yields).isZero();
    }

    @Test
    void wokenSelectorYieldsForAWhile() {
        yieldPolicy.woken();
        waits(1000);
        assertThat(yields).isEqualTo(YieldPolicy.COUNTS);
    }

    @Test
    void everyWakeupCountsAnew() {
        for (int i = 0; i < 10; i++) {
            yieldPolicy.woken();
            waits(YieldPolicy.COUNTS / 2);
        }
        assertThat(yields).isEqualTo(10 * YieldPolicy.COUNTS / 2);
    }

    @Test
    void selectorThatAnotherThreadTakesOverYields() throws Exception {
        waits(10);
        FutureTask<Void> other =
                new FutureTask<>(
                        () -> {
                            waits(1000);
                            return null;
                        });
        Thread.ofPlatform().start(other);
        other.get();
        assertThat(yields).isEqualTo(YieldPolicy.COUNTS);
        waits(1000);
        assertThat(yields).isEqualTo(2 * YieldPolicy.COUNTS);
    }

    @Test
    void afterOneThatTookLongTheNextAreOmitted() {
        yieldTakes = YieldPolicy.LONG;
        for (int i = 0; i < 1 + YieldPolicy.OMITTED; i++) {
            yieldPolicy.woken();
            waits(1);
        }
        assertThat(yields).isEqualTo(1);
        yieldPolicy.woken();
        waits(1);
        assertThat(yields).isEqualTo(2);
    }

    @Test
    void shortOnesGoOn() {
        yieldTakes = YieldPolicy.LONG - 1;
        yieldPolicy.woken();
        waits(YieldPolicy.COUNTS);
        assertThat(yields).isEqualTo(YieldPolicy.COUNTS);
    }

    @Test
    void whenSeveralWereOfNoUseTheNextAreOmitted() {
        waitTakes = YieldPolicy.PROMPT;
        for (int i = 0; i < YieldPolicy.IN_VAIN + YieldPolicy.OMITTED; i++) {
            yieldPolicy.woken();
            waits(1);
        }
        assertThat(yields).isEqualTo(YieldPolicy.IN_VAIN);
        yieldPolicy.woken();
        waits(1);
        assertThat(yields).isEqualTo(YieldPolicy.IN_VAIN + 1);
    }

    @Test
    void severalEventsShowThatItWasOfUse() {
        waitTakes = YieldPolicy.PROMPT;
        events = 2;
        yieldPolicy.woken();
        waits(YieldPolicy.COUNTS);
        assertThat(yields).isEqualTo(YieldPolicy.COUNTS);
    }

    @Test
    void oneThatIsOfUseNowAndThenIsEnough() {
        for (int i = 1; i <= 100; i++) {
            waitTakes = i % YieldPolicy.IN_VAIN == 0 ? 0 : YieldPolicy.PROMPT;
            yieldPolicy.woken();
            waits(1);
        }
        assertThat(yields).isEqualTo(100);
    }
}
