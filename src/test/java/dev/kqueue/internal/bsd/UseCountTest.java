package dev.kqueue.internal.bsd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.atomic.AtomicInteger;

final class UseCountTest {
    private final UseCount uses = new UseCount();

    @Test
    void lastOneOutOfAClosedOneCloses() {
        assertThat(uses.enter()).isTrue();
        assertThat(uses.enter()).isTrue();
        assertThat(uses.closeAndEnter()).isTrue();
        assertThat(uses.leave()).isFalse();
        assertThat(uses.leave()).isFalse();
        assertThat(uses.leave()).isTrue();
    }

    @Test
    void nobodyClosesWhatIsOpen() {
        assertThat(uses.enter()).isTrue();
        assertThat(uses.leave()).isFalse();
        assertThat(uses.isOpen()).isTrue();
    }

    @Test
    void nobodyEntersWhatIsClosed() {
        assertThat(uses.closeAndEnter()).isTrue();
        assertThat(uses.isOpen()).isFalse();
        assertThat(uses.enter()).isFalse();
        assertThat(uses.leave()).isTrue();
        assertThat(uses.enter()).isFalse();
    }

    @Test
    void onlyOneCloses() {
        assertThat(uses.closeAndEnter()).isTrue();
        assertThat(uses.closeAndEnter()).isFalse();
    }

    @Test
    void othersAreSeenFromInside() {
        uses.enter();
        assertThat(uses.hasOthers()).isFalse();
        uses.closeAndEnter();
        assertThat(uses.hasOthers()).isTrue();
        uses.leave();
        assertThat(uses.hasOthers()).isFalse();
    }

    @Test
    @Timeout(60)
    void threadsThatRaceLeaveOneToClose() throws InterruptedException {
        for (int round = 0; round < 500; round++) {
            UseCount shared = new UseCount();
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
