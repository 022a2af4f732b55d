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
class PoolTest {
    private final AtomicInteger made = new AtomicInteger();

    private static final class Thing {
        final AtomicBoolean taken = new AtomicBoolean();
    }

    private final Pool<Thing> pool =
            new Pool<>(
                    () -> {
                        made.incrementAndGet();
                        return new Thing();
                    });

    @Test
    void whatWasGivenBackIsTakenAgain() {
        Thing first = pool.take();
        pool.giveBack(first);

        assertThat(pool.take()).isSameAs(first);
    }

    @Test
    void twoOfOneSlotAreBothKept() {
        for (int i = 0; i < 10; i++) {
            Thing first = pool.take();
            Thing second = pool.take();
            assertThat(second).isNotSameAs(first);
            pool.giveBack(first);
            pool.giveBack(second);
        }

        assertThat(made).hasValue(2);
    }

    @Test
    void moreThanThereIsRoomForAreNoError() {
        List<Thing> all = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            all.add(pool.take());
        }
        all.forEach(pool::giveBack);

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
                                            Thing thing = pool.take();
                                            if (!thing.taken.compareAndSet(false, true)) {
                                                shared.add(thing);
                                            }
                                            thing.taken.set(false);
                                            pool.giveBack(thing);
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(shared).isEmpty();
    }
}
