package dev.kqueue.internal.park;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a sub-poller looks before it parks, and when it leaves the events to the master. */
class LooksTest {
    private final Looks looks = new Looks();

    @BeforeEach
    void itParksFirst() {
        assertThat(looks.again()).isFalse();
        assertThat(looks.areForTheMaster(1)).isFalse();
    }

    /** An event has come after a parking: the number of looks in vain that follow. */
    private int looksAfterAnEvent() {
        looks.polled(true, false);
        return looksInVain();
    }

    private int looksInVain() {
        int count = 0;
        while (looks.again()) {
            looks.polled(false, false);
            count++;
        }
        return count;
    }

    private void lookInVain(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(looksAfterAnEvent()).isEqualTo(Looks.MOST);
        }
    }

    @Test
    void eachLookThatFindsEventsPutsTheParkingOff() {
        for (int i = 0; i < 100; i++) {
            looks.polled(true, false);
            assertThat(looks.again()).isTrue();
        }
    }

    @Test
    void masterFetchesEventsOfASingleThreadAfterLooksInVain() {
        lookInVain(Looks.PATIENCE - 1);
        assertThat(looks.areForTheMaster(1)).isFalse();
        lookInVain(1);
        assertThat(looks.areForTheMaster(1)).isTrue();
        assertThat(looks.areForTheMaster(2)).isFalse();
    }

    @Test
    void masterFetchesEventsThatComeSlowly() {
        lookInVain(Looks.PATIENCE);
        for (int i = 1; i < Looks.PATIENCE; i++) {
            looks.parked(Looks.LONG);
        }
        assertThat(looks.areForTheMaster(2)).isFalse();
        looks.parked(Looks.LONG);
        assertThat(looks.areForTheMaster(2)).isTrue();
        looks.parked(Looks.LONG - 1);
        assertThat(looks.areForTheMaster(2)).isFalse();
    }

    @Test
    void oneLookThatFindsAnEventBeginsTheCountAnew() {
        lookInVain(Looks.PATIENCE - 1);
        looks.polled(true, false);
        assertThat(looks.again()).isTrue();
        assertThat(looksAfterAnEvent()).isEqualTo(Looks.MOST);
        lookInVain(Looks.PATIENCE - 2);
        assertThat(looks.areForTheMaster(1)).isFalse();
    }

    @Test
    void trialInVainLeavesTheEventsToTheMaster() {
        lookInVain(Looks.PATIENCE);
        looks.tryAgain();
        looks.polled(false, false);
        assertThat(looks.again()).isFalse();
        assertThat(looks.areForTheMaster(1)).isTrue();
    }

    @Test
    void trialThatFindsEventsIsFollowedByLooks() {
        lookInVain(Looks.PATIENCE);
        looks.tryAgain();
        looks.polled(true, false);
        assertThat(looks.again()).isTrue();
        assertThat(looks.areForTheMaster(1)).isFalse();
    }

    @Test
    void aPollThatWasFullIsFollowedByLooks() {
        lookInVain(Looks.PATIENCE);
        looks.polled(true, true);
        assertThat(looks.areForTheMaster(1)).isFalse();
        assertThat(looksInVain()).isEqualTo(Looks.MOST);
    }

    @Test
    void toBeWokenForNothingIsNoLook() {
        for (int i = 0; i < Looks.PATIENCE; i++) {
            looks.polled(false, false);
            assertThat(looksInVain()).isZero();
        }
        assertThat(looks.areForTheMaster(1)).isFalse();
    }
}
