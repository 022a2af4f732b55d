package dev.kqueue.internal.park;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a sub-poller looks before it parks. */
class LooksTest {
    private final Looks looks = new Looks();

    @BeforeEach
    void itParksFirst() {
        assertThat(looks.again()).isFalse();
    }

    /** An event has come after a parking of so many nanoseconds: the number of looks in vain that follow. */
    private int looksAfter(long nanos) {
        looks.parked(nanos);
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

    private void becomePatient() {
        for (int i = 0; i < Looks.PATIENCE; i++) {
            looksAfter(Looks.LONG);
        }
    }

    @Test
    void eventsThatComeFastAreLookedFor() {
        for (int i = 0; i < 100; i++) {
            assertThat(looksAfter(Looks.LONG - 1)).isEqualTo(Looks.MOST);
        }
    }

    @Test
    void eventsThatComeSlowlyCostNoLook() {
        for (int i = 1; i < Looks.PATIENCE; i++) {
            assertThat(looksAfter(Looks.LONG)).isEqualTo(Looks.MOST);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(looksAfter(Looks.LONG)).isZero();
        }
    }

    @Test
    void oneFastEventBringsLooksAgain() {
        becomePatient();
        assertThat(looksAfter(0)).isEqualTo(Looks.MOST);
        assertThat(looksAfter(Looks.LONG)).isEqualTo(Looks.MOST);
    }

    @Test
    void eachLookThatFindsEventsPutsTheParkingOff() {
        looks.parked(0);
        for (int i = 0; i < 100; i++) {
            looks.polled(true, false);
            assertThat(looks.again()).isTrue();
        }
    }

    @Test
    void aPollThatWasFullIsFollowedByLooks() {
        becomePatient();
        looks.parked(Looks.LONG);
        looks.polled(true, true);
        assertThat(looksInVain()).isEqualTo(Looks.MOST);
    }

    @Test
    void toBeWokenForNothingBringsNoLook() {
        looks.parked(0);
        looks.polled(false, false);
        assertThat(looksInVain()).isZero();
    }
}
