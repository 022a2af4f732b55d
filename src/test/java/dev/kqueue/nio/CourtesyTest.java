package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.FutureTask;

class CourtesyTest {
    private long now;
    private long yieldTakes;
    private long waitTakes;
    private int events = 1;
    private int yields;

    private final Courtesy courtesy =
            new Courtesy(
                    () -> now,
                    () -> {
                        yields++;
                        now += yieldTakes;
                    });

    private void waits(int count) {
        for (int i = 0; i < count; i++) {
            courtesy.beforeWait();
            now += waitTakes;
            courtesy.afterWait(events);
        }
    }

    @Test
    void loopOfOneThreadYieldsNever() {
        waits(1000);
        assertThat(yields).isZero();
    }

    @Test
    void wokenSelectorYieldsForAWhile() {
        courtesy.woken();
        waits(1000);
        assertThat(yields).isEqualTo(Courtesy.COUNTS);
    }

    @Test
    void everyWakeupCountsAnew() {
        for (int i = 0; i < 10; i++) {
            courtesy.woken();
            waits(Courtesy.COUNTS / 2);
        }
        assertThat(yields).isEqualTo(10 * Courtesy.COUNTS / 2);
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
        assertThat(yields).isEqualTo(Courtesy.COUNTS);
        waits(1000);
        assertThat(yields).isEqualTo(2 * Courtesy.COUNTS);
    }

    @Test
    void afterOneThatTookLongTheNextAreOmitted() {
        yieldTakes = Courtesy.LONG;
        for (int i = 0; i < 1 + Courtesy.OMITTED; i++) {
            courtesy.woken();
            waits(1);
        }
        assertThat(yields).isEqualTo(1);
        courtesy.woken();
        waits(1);
        assertThat(yields).isEqualTo(2);
    }

    @Test
    void shortOnesGoOn() {
        yieldTakes = Courtesy.LONG - 1;
        courtesy.woken();
        waits(Courtesy.COUNTS);
        assertThat(yields).isEqualTo(Courtesy.COUNTS);
    }

    @Test
    void whenSeveralWereOfNoUseTheNextAreOmitted() {
        waitTakes = Courtesy.PROMPT;
        for (int i = 0; i < Courtesy.IN_VAIN + Courtesy.OMITTED; i++) {
            courtesy.woken();
            waits(1);
        }
        assertThat(yields).isEqualTo(Courtesy.IN_VAIN);
        courtesy.woken();
        waits(1);
        assertThat(yields).isEqualTo(Courtesy.IN_VAIN + 1);
    }

    @Test
    void severalEventsShowThatItWasOfUse() {
        waitTakes = Courtesy.PROMPT;
        events = 2;
        courtesy.woken();
        waits(Courtesy.COUNTS);
        assertThat(yields).isEqualTo(Courtesy.COUNTS);
    }

    @Test
    void oneThatIsOfUseNowAndThenIsEnough() {
        for (int i = 1; i <= 100; i++) {
            waitTakes = i % Courtesy.IN_VAIN == 0 ? 0 : Courtesy.PROMPT;
            courtesy.woken();
            waits(1);
        }
        assertThat(yields).isEqualTo(100);
    }
}
