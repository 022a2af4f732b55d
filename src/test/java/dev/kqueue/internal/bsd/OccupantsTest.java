package dev.kqueue.internal.bsd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.atomic.AtomicInteger;

final class OccupantsTest {
    private final Occupants occupants = new Occupants();

    @Test
    void lastOneOutOfAClosedOneCloses() {
        assertThat(occupants.enter()).isTrue();
        assertThat(occupants.enter()).isTrue();
        assertThat(occupants.closeAndEnter()).isTrue();
        assertThat(occupants.leave()).isFalse();
        assertThat(occupants.leave()).isFalse();
        assertThat(occupants.leave()).isTrue();
    }

    @Test
    void nobodyClosesWhatIsOpen() {
        assertThat(occupants.enter()).isTrue();
        assertThat(occupants.leave()).isFalse();
        assertThat(occupants.isOpen()).isTrue();
    }

    @Test
    void nobodyEntersWhatIsClosed() {
        assertThat(occupants.closeAndEnter()).isTrue();
        assertThat(occupants.isOpen()).isFalse();
        assertThat(occupants.enter()).isFalse();
        assertThat(occupants.leave()).isTrue();
        assertThat(occupants.enter()).isFalse();
    }

    @Test
    void onlyOneCloses() {
        assertThat(occupants.closeAndEnter()).isTrue();
        assertThat(occupants.closeAndEnter()).isFalse();
    }

    @Test
    void othersAreSeenFromInside() {
        occupants.enter();
        assertThat(occupants.hasOthers()).isFalse();
        occupants.closeAndEnter();
        assertThat(occupants.hasOthers()).isTrue();
        occupants.leave();
        assertThat(occupants.hasOthers()).isFalse();
    }

    @Test
    @Timeout(60)
    void threadsThatRaceLeaveOneToClose() throws InterruptedException {
        for (int round = 0; round < 500; round++) {
            Occupants shared = new Occupants();
            AtomicInteger closed = new AtomicInteger();
            AtomicInteger inside = new AtomicInteger();
            Runnable visitor =
                    () -> {
                        while (shared.enter()) {
                            assertThat(closed.get()).isZero();
                            inside.incrementAndGet();
                            if (shared.leave()) {
                                closed.incrementAndGet();
                            }
                        }
                    };
            Runnable closer =
                    () -> {
                        if (shared.closeAndEnter() && shared.leave()) {
                            closed.incrementAndGet();
                        }
                    };
            Thread[] threads = {
                Thread.ofPlatform().start(visitor),
                Thread.ofPlatform().start(visitor),
                Thread.ofPlatform().start(closer),
                Thread.ofPlatform().start(closer)
            };
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(closed).hasValue(1);
        }
    }
}
