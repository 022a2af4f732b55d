package dev.kqueue.internal.thread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** What calls need for their own time is kept, and never given to two. */
class SparesTest {
    private final AtomicInteger made = new AtomicInteger();

    private static final class Thing {
        final AtomicBoolean taken = new AtomicBoolean();
    }

    private final Spares<Thing> spares =
            new Spares<>(
                    () -> {
                        made.incrementAndGet();
                        return new Thing();
                    });

    @Test
    void whatWasGivenBackIsTakenAgain() {
        Thing first = spares.take();
        spares.giveBack(first);

        assertThat(spares.take()).isSameAs(first);
    }

    @Test
    void twoOfOneSlotAreBothKept() {
        for (int i = 0; i < 10; i++) {
            Thing first = spares.take();
            Thing second = spares.take();
            assertThat(second).isNotSameAs(first);
            spares.giveBack(first);
            spares.giveBack(second);
        }

        assertThat(made).hasValue(2);
    }

    @Test
    void moreThanThereIsRoomForAreNoError() {
        List<Thing> all = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            all.add(spares.take());
        }
        all.forEach(spares::giveBack);

        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void noTwoThreadsHaveOneAtATime() throws InterruptedException {
        Set<Thing> shared = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int n = 0; n < 20_000; n++) {
                                            Thing thing = spares.take();
                                            if (!thing.taken.compareAndSet(false, true)) {
                                                shared.add(thing);
                                            }
                                            thing.taken.set(false);
                                            spares.giveBack(thing);
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(shared).isEmpty();
    }
}
