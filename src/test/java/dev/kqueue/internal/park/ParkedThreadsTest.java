package dev.kqueue.internal.park;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When the slots of a poller can be closed: not while a thread has one, or soon after. */
class ParkedThreadsTest {
    private final ParkedThreads parked = new ParkedThreads();

    @Test
    void slotsAreClosedIfNoThreadHasWaitedSinceTheLastLook() {
        long seen = parked.uses();
        ParkedThreads.Slot slot = parked.take(Thread.currentThread());
        assertThat(parked.closeIfUnused(seen)).as("one waits").isFalse();
        assertThat(parked.closeIfUnused(parked.uses())).as("it still does").isFalse();
        parked.giveBack(slot);
        assertThat(parked.closeIfUnused(seen)).as("one has waited").isFalse();
        assertThat(parked.closeIfUnused(parked.uses())).isTrue();
        assertThat(parked.take(Thread.currentThread())).isNull();
        parked.reopen();
        assertThat(parked.take(Thread.currentThread())).isNotNull();
    }

    @Test
    void anEventIsDeliveredAgainWithoutHarm() {
        ParkedThreads.Slot slot = parked.take(Thread.currentThread());
        long ticket = slot.ticket();
        parked.fire(ticket);
        parked.fire(ticket);
        assertThat(slot.isFired()).isTrue();
        parked.giveBack(slot);
        ParkedThreads.Slot next = parked.take(Thread.currentThread());
        parked.fire(ticket);
        assertThat(next.isFired()).as("an event of an earlier use").isFalse();
    }
}
