package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ONESHOT;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.libc.Poll;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Waiting: time, several threads, the end of the queue, and the queue's own descriptor. */
class KQueueWaitTest {
    private static final int NOTE_TRIGGER = Note.NOTE_TRIGGER;

    private KQueueDriver kq;
    private Pair pair;

    @BeforeEach
    void open() throws IOException {
        kq = new KQueueDriver();
        pair = Pair.sockets();
    }

    @AfterEach
    void close() throws IOException {
        kq.close();
        pair.close();
    }

    /** Threads that fetch events until the queue is closed. */
    private final class Fetchers {
        final ConcurrentLinkedQueue<KQueueDriver.Event> events = new ConcurrentLinkedQueue<>();
        final AtomicInteger closed = new AtomicInteger();
        final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        private final Thread[] threads;

        Fetchers(int count) throws InterruptedException {
            threads = new Thread[count];
            for (int i = 0; i < count; i++) {
                threads[i] = Thread.ofPlatform().daemon().start(this::run);
            }
            // Nearly all of them wait now; a test must hold for those that do not yet, too.
            Thread.sleep(30);
        }

        private void run() {
            KEventList list = KEventList.allocate(4);
            try {
                while (true) {
                    kq.kqueue.kevent(null, list, KQueue.FOREVER);
                    events.addAll(KQueueDriver.read(list));
                }
            } catch (ClosedChannelException expected) {
                closed.incrementAndGet();
            } catch (IOException | RuntimeException | Error e) {
                failures.add(e);
            }
        }

        void awaitEvents(int count) throws InterruptedException {
            long deadline = System.nanoTime() + KQueueDriver.SOON.toNanos();
            while (events.size() < count && System.nanoTime() < deadline) {
                Thread.sleep(1);
            }
            assertThat(events).hasSizeGreaterThanOrEqualTo(count);
        }

        void end() throws Exception {
            kq.close();
            for (Thread thread : threads) {
                thread.join(KQueueDriver.SOON);
                assertThat(thread.isAlive()).isFalse();
            }
            assertThat(failures).isEmpty();
            assertThat(closed).hasValue(threads.length);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1_000, 300_000, 1_000_000, 1_500_000, 25_000_000})
    void timePassesBeforeNothingIsReturned(long nanos) throws IOException {
        long start = System.nanoTime();
        assertThat(kq.fetch(1, Duration.ofNanos(nanos))).isEmpty();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
    }

    @Test
    void hugeTimeoutWaits() throws Exception {
        Thread waker =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    pause(30);
                                    pair.write(1);
                                });
        kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 0);
        KEventList events = KEventList.allocate(1);
        assertThat(kq.kqueue.kevent(null, events, Long.MAX_VALUE)).isEqualTo(1);
        waker.join();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void changeOfAnotherThreadTakesEffectInAWait() throws Exception {
        Fetchers fetchers = new Fetchers(1);
        pair.write(1);
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_ONESHOT, 0, 0, 5);
        fetchers.awaitEvents(1);
        assertThat(fetchers.events).extracting(KQueueDriver.Event::udata).containsExactly(5L);
        fetchers.end();
    }

    @RequiresAbility(Ability.USER_EVENTS)
    @Test
    void userEventOfAnotherThreadEndsAWait() throws Exception {
        kq.change(1, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
        Fetchers fetchers = new Fetchers(1);
        for (int i = 1; i <= 100; i++) {
            kq.change(1, Filter.USER, 0, NOTE_TRIGGER, 0, i);
            fetchers.awaitEvents(i);
        }
        fetchers.end();
        assertThat(fetchers.events).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {EV_ONESHOT, EV_CLEAR, EV_DISPATCH, EV_CLEAR | EV_DISPATCH, EV_CLEAR | EV_ONESHOT})
    void oneOfManyWaitersGetsTheEvent(int flags) throws Exception {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | flags, 0, 0, 0);
        Fetchers fetchers = new Fetchers(8);
        pair.write(1);
        fetchers.awaitEvents(1);
        Thread.sleep(30);
        fetchers.end();
        assertThat(fetchers.events).hasSize(1);
    }

    @Test
    void eachDispatchedEventIsDeliveredOnceToManyWaiters() throws Exception {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_DISPATCH, 0, 0, 0);
        Fetchers fetchers = new Fetchers(4);
        pair.write(1);
        for (int i = 1; i <= 300; i++) {
            fetchers.awaitEvents(i);
            assertThat(fetchers.events).hasSize(i);
            kq.change(pair.readEnd(), Filter.READ, EV_ENABLE, 0, 0, 0);
        }
        fetchers.end();
    }

    @Test
    void deleteRacesWithDelivery() throws Exception {
        Fetchers fetchers = new Fetchers(3);
        for (int i = 0; i < 500; i++) {
            kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_ONESHOT, 0, 0, i);
            pair.write(1);
            kq.errno(pair.readEnd(), Filter.READ, EV_DELETE);
            int after = fetchers.events.size();
            pair.drain();
            // The change has been made: at most those that had already been taken are still to be counted.
            assertThat(after).isLessThanOrEqualTo(i + 1);
        }
        Thread.sleep(20);
        fetchers.end();
        assertThat(fetchers.events).extracting(KQueueDriver.Event::udata).doesNotHaveDuplicates();
    }

    @Test
    void closeWakesEveryWaiter() throws Exception {
        new Fetchers(8).end();
    }

    @RequiresAbility(Ability.USER_EVENTS)
    @Test
    void closeWakesEveryWaiterOfAQueueInUse() throws Exception {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 0);
        kq.change(1, Filter.TIMER, EV_ADD, 0, 1, 0);
        kq.change(1, Filter.USER, EV_ADD, NOTE_TRIGGER, 0, 0);
        pair.write(1);
        new Fetchers(8).end();
    }

    @Test
    void closedQueueThrows() throws Exception {
        kq.close();
        kq.close();
        assertThat(kq.kqueue.isOpen()).isFalse();
        KEventList events = KEventList.allocate(1);
        assertThatThrownBy(() -> kq.kqueue.kevent(null, events, 0)).isInstanceOf(ClosedChannelException.class);
        kq.kqueue.beforeClose(pair.readEnd());
    }

    @Test
    void openingAndClosingLeavesNoDescriptorBehind() throws Exception {
        Pair before = Pair.pipe();
        before.close();
        for (int i = 0; i < 50; i++) {
            try (KQueueDriver each = new KQueueDriver()) {
                each.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 0);
                each.change(pair.readEnd(), Filter.WRITE, EV_ADD | EV_CLEAR, 0, 0, 0);
                each.change(1, Filter.TIMER, EV_ADD, 0, 1000, 0);
                each.pending();
            }
        }
        Pair after = Pair.pipe();
        after.close();
        assertThat(after).isEqualTo(before);
    }

    private boolean isReadable() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(Poll.SIZE, 8);
            Poll.set(fds, 0, kq.kqueue.descriptor(), Poll.POLLIN);
            return Poll.poll(fds, 1, 0) == 1;
        }
    }

    private void assertBecomesReadable() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(Poll.SIZE, 8);
            Poll.set(fds, 0, kq.kqueue.descriptor(), Poll.POLLIN);
            assertThat(Poll.poll(fds, 1, (int) KQueueDriver.SOON.toMillis())).isEqualTo(1);
        }
    }

    @Test
    void descriptorIsReadableWhileADescriptorIsReady() throws Exception {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 0);
        assertThat(isReadable()).isFalse();
        pair.write(1);
        assertBecomesReadable();
        kq.awaitOne();
        assertThat(isReadable()).isTrue();
        pair.drain();
        kq.pending();
        assertThat(isReadable()).isFalse();
    }

    @RequiresAbility(Ability.USER_EVENTS)
    @Test
    void descriptorIsReadableWhileAUserEventIsTriggered() throws Exception {
        kq.change(1, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
        assertThat(isReadable()).isFalse();
        kq.change(1, Filter.USER, 0, NOTE_TRIGGER, 0, 0);
        assertThat(isReadable()).isTrue();
        kq.awaitOne();
        assertThat(isReadable()).isFalse();
        kq.change(1, Filter.USER, 0, NOTE_TRIGGER, 0, 0);
        assertThat(isReadable()).isTrue();
        kq.change(1, Filter.USER, EV_DELETE, 0, 0, 0);
        assertThat(isReadable()).isFalse();
    }

    @RequiresAbility(Ability.USER_EVENTS)
    @Test
    void descriptorIsReadableForAUserEventTriggeredBeforeAnybodyAsked() throws Exception {
        kq.change(1, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
        kq.change(1, Filter.USER, 0, NOTE_TRIGGER, 0, 0);
        assertThat(isReadable()).isTrue();
    }

    @Test
    void descriptorBecomesReadableWithATimer() throws Exception {
        kq.change(1, Filter.TIMER, EV_ADD | EV_ONESHOT, 0, 86_400_000, 0);
        assertThat(isReadable()).isFalse();
        // A second timer, since this one may have expired by the time that it has been added.
        kq.change(2, Filter.TIMER, EV_ADD | EV_ONESHOT, 0, 30, 0);
        assertBecomesReadable();
        assertThat(kq.awaitOne().ident()).isEqualTo(2);
        assertThat(isReadable()).isFalse();
    }

    @Test
    void manyThreadsChangeAndFetchAtOnce() throws Exception {
        int sockets = 16;
        Pair[] pairs = new Pair[sockets];
        for (int i = 0; i < sockets; i++) {
            pairs[i] = Pair.sockets();
        }
        Fetchers fetchers = new Fetchers(4);
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            int first = t * 4;
            threads[t] =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            for (int i = 0; i < 400; i++) {
                                                Pair each = pairs[first + i % 4];
                                                long udata = (long) first << 32 | i;
                                                kq.change(
                                                        each.readEnd(), Filter.READ, EV_ADD | EV_ONESHOT, 0, 0, udata);
                                                each.write(1);
                                                awaitUdata(fetchers, udata);
                                                each.drain();
                                            }
                                        } catch (Exception | Error e) {
                                            fetchers.failures.add(e);
                                        }
                                    });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        fetchers.end();
        assertThat(fetchers.events).hasSize(1600).extracting(KQueueDriver.Event::udata).doesNotHaveDuplicates();
        for (Pair each : pairs) {
            each.close();
        }
    }

    private static void awaitUdata(Fetchers fetchers, long udata) throws InterruptedException {
        long deadline = System.nanoTime() + KQueueDriver.SOON.toNanos();
        while (fetchers.events.stream().noneMatch(event -> event.udata() == udata)) {
            assertThat(System.nanoTime()).as("event " + Long.toHexString(udata)).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
