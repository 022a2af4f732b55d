package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.Note.NOTE_TRIGGER;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that fetch events while others give, replace and take away their objects. Each EV_ADD has an object of its
 * own and the same number in {@code data}, which EVFILT_USER gives back: an event with an object that is older than its
 * number has got the object of an EV_ADD that was replaced.
 */
@Timeout(300)
class KEventQueueStressTest {
    private record Given(long ident, long number) {}

    private static final int IDENTS = 6;
    private static final int[] KINDS = {EV_CLEAR, EV_ONESHOT, EV_DISPATCH | EV_CLEAR, EV_CLEAR | EV_ONESHOT};

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong fetched = new AtomicLong();
    private volatile boolean done;

    @AfterEach
    void stopThreads() throws InterruptedException {
        done = true;
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void objectsStayWithTheirEventsWhereEveryChangeReplacesUdata() throws Exception {
        stressModel(new ModelKQueue(true));
    }

    @Test
    void objectsStayWithTheirEventsWhereOnlyAddReplacesUdata() throws Exception {
        stressModel(new ModelKQueue(false));
    }

    @Test
    void objectsStayWithTheirEventsOnThisSystem() throws Exception {
        try (KQueue kqueue = KQueue.open()) {
            stress(kqueue, 20_000);
        }
    }

    @Tag("slow")
    @Test
    void objectsStayWithTheirEventsForLong() throws Exception {
        try (KQueue kqueue = KQueue.open()) {
            stress(kqueue, 1_000_000);
        }
    }

    private void stressModel(ModelKQueue model) throws Exception {
        model.afterFetch = Thread::yield;
        stress(new KQueue(model), 20_000);
    }

    private void stress(KQueue kqueue, int changes) throws Exception {
        KEventQueue queue = new KEventQueue(kqueue);
        List<Future<Void>> fetchers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int maxEvents = i + 1;
            fetchers.add(threads.submit(() -> fetch(queue, maxEvents)));
        }
        List<Future<Void>> changers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long seed = System.nanoTime() + i;
            changers.add(threads.submit(() -> change(queue, new Random(seed), changes)));
        }
        for (Future<Void> changer : changers) {
            changer.get();
        }
        done = true;
        for (Future<Void> fetcher : fetchers) {
            fetcher.get();
        }
        for (int ident = 0; ident < IDENTS; ident++) {
            apply(queue, List.of(KEvent.user(ident, EV_DELETE, 0, null)));
        }

        assertThat(fetched.get()).isPositive();
        assertThat(queue.size()).isZero();
    }

    private Void fetch(KEventQueue queue, int maxEvents) throws IOException {
        while (!done) {
            for (KEvent event : queue.await(maxEvents, Duration.ofMillis(20))) {
                Given given = (Given) event.udata();
                assertThat(given).as("object of %s", event).isNotNull();
                assertThat(given.ident()).as("%s", event).isEqualTo(event.ident());
                // A change without EV_ADD sets the kernel's data to 0 where it sets anything.
                if (event.data() != 0) {
                    assertThat(given.number()).as("%s", event).isGreaterThanOrEqualTo(event.data());
                }
                fetched.incrementAndGet();
            }
        }
        return null;
    }

    private Void change(KEventQueue queue, Random random, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            changeOnce(queue, random);
        }
        return null;
    }

    /** One thread at a time: the numbers are applied in their order. */
    private synchronized void changeOnce(KEventQueue queue, Random random) throws IOException {
        int ident = random.nextInt(IDENTS);
        KEvent change =
                switch (random.nextInt(8)) {
                    case 0 -> KEvent.user(ident, EV_DELETE, 0, null);
                    case 1 -> KEvent.user(ident, EV_ENABLE, 0, null);
                    case 2, 3, 4 -> {
                        long number = numbers.incrementAndGet();
                        yield KEvent.user(
                                        ident,
                                        EV_ADD | KINDS[random.nextInt(KINDS.length)],
                                        0,
                                        new Given(ident, number))
                                .withData(number);
                    }
                    default -> KEvent.user(ident, 0, NOTE_TRIGGER, null);
                };
        // The data of an EV_ADD is found again only if no change between sets it to 0: trigger in the same call.
        List<KEvent> both =
                random.nextBoolean()
                        ? List.of(change)
                        : List.of(change, KEvent.user(ident, 0, NOTE_TRIGGER, null).withData(change.data()));
        apply(queue, both);
    }

    /** Applies changes, of which one may be of an event that another thread has deleted, or that was its last. */
    private static void apply(KEventQueue queue, List<KEvent> changes) throws IOException {
        try {
            queue.apply(changes);
        } catch (KEventException e) {
            assertThat(e.failures()).extracting(KEventException.Failure::errno).containsOnly(Errno.ENOENT);
        }
    }
}
