package dev.kqueue.internal.wakeup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class WakeupTest {
    private final WakeupState wakeup = new WakeupState();

    @Test
    void aWakeupOfNobodySendsNoEventAndPreventsTheNextWait() {
        assertThat(wakeup.wakeup()).as("sends an event").isFalse();
        assertThat(wakeup.beginWait()).as("waits").isFalse();
        assertThat(wakeup.endWait()).as("was woken").isTrue();
        assertThat(wakeup.beginWait()).as("the wakeup is used up").isTrue();
    }

    @Test
    void aWakeupIsOwedUntilItIsTaken() {
        assertThat(wakeup.isOwed()).isFalse();
        wakeup.wakeup();
        assertThat(wakeup.isOwed()).isTrue();
        wakeup.endWait();
        assertThat(wakeup.isOwed()).isFalse();
        wakeup.beginWait();
        assertThat(wakeup.isOwed()).isFalse();
    }

    @Test
    void theFirstWakeupOfAWaitSendsTheOnlyEvent() {
        assertThat(wakeup.beginWait()).isTrue();
        assertThat(wakeup.wakeup()).isTrue();
        assertThat(wakeup.wakeup()).isFalse();
        assertThat(wakeup.endWait()).isTrue();
        assertThat(wakeup.endWait()).isFalse();
    }

    @Test
    void aWaitThatNobodyWokeIsNotWoken() {
        assertThat(wakeup.beginWait()).isTrue();
        assertThat(wakeup.endWait()).isFalse();
        assertThat(wakeup.wakeup()).as("the wait is over: no event").isFalse();
    }

    @Test
    void anOperationThatDoesNotWaitTakesTheWakeup() {
        wakeup.wakeup();
        assertThat(wakeup.endWait()).isTrue();
        assertThat(wakeup.beginWait()).isTrue();
    }

    /** Two threads hand a turn to each other: a lost wakeup leaves the waiter waiting, an event too many is counted. */
    @Test
    void noWakeupIsLostAndNoneIsSentTwice() throws Exception {
        int rounds = 200_000;
        Semaphore event = new Semaphore(0);
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        Thread waker =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < rounds; i++) {
                                        int before = answered.get();
                                        if (wakeup.wakeup()) {
                                            sent.incrementAndGet();
                                            event.release();
                                        }
                                        while (answered.get() == before) {
                                            Thread.onSpinWait();
                                        }
                                    }
                                });
        int stale = 0;
        int waits = 0;
        while (answered.get() < rounds) {
            boolean waiting = wakeup.beginWait();
            if (waiting) {
                waits++;
                assertThat(event.tryAcquire(10, TimeUnit.SECONDS)).as("a wakeup was lost").isTrue();
            }
            if (wakeup.endWait()) {
                answered.incrementAndGet();
            } else {
                stale++;
            }
        }
        waker.join();
        assertThat(sent.get()).isLessThanOrEqualTo(waits);
        assertThat(stale).isLessThanOrEqualTo(sent.get());
    }
}
