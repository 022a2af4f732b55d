package dev.kqueue.internal.linux;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.internal.linux.Driven.READ;
import static dev.kqueue.internal.linux.Driven.TIMER;
import static dev.kqueue.internal.linux.Driven.WRITE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Ability;
import dev.kqueue.ChildJvm;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.nio.OpenDescriptors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.FutureTask;

/** Whatever is thrown inside the kqueue: the lock is free afterwards, no event is lost, and closing works. */
@RequiresAbility(Ability.OWN_KQUEUE)
class ThrownTest {
    private static final long SECOND = 1_000_000_000L;

    private Driven driven;

    @BeforeEach
    void open() throws IOException {
        driven = new Driven();
    }

    @AfterEach
    void close() {
        driven.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {EV_ADD | EV_CLEAR, EV_ADD | EV_ONESHOT, EV_ADD})
    void edgeThatWasFetchedIsReportedByTheNextCall(int flags) throws Exception {
        assertThat(driven.errno(driven.fd, READ, flags)).isZero();
        driven.send();
        driven.epoll.throwOnce(new OutOfMemoryError("for the test"));
        assertThatThrownBy(() -> driven.fetch(4, 0)).isInstanceOf(OutOfMemoryError.class);
        assertThat(Driven.soon(() -> driven.fetch(4, SECOND))).isEqualTo(1);
        driven.assertUsable();
    }

    @ParameterizedTest
    @ValueSource(longs = {SECOND, KQueue.FOREVER})
    void edgeThatAWaitHasFetchedIsReportedByTheNextCall(long nanos) throws Exception {
        assertThat(driven.errno(driven.fd, READ, EV_ADD | EV_CLEAR)).isZero();
        driven.send();
        driven.epoll.throwOnce(new StackOverflowError("for the test"));
        assertThatThrownBy(() -> Driven.soon(() -> driven.fetch(4, nanos))).isInstanceOf(StackOverflowError.class);
        assertThat(Driven.soon(() -> driven.fetch(4, SECOND))).isEqualTo(1);
        driven.assertUsable();
    }

    @Test
    void eventsOfTheCallAreReturnedAndTheErrorComesWithTheNext() throws Exception {
        driven.addUser(EV_CLEAR);
        driven.trigger();
        driven.epoll.throwOnce(new OutOfMemoryError("for the test"));
        assertThat(driven.fetch(4, 0)).isEqualTo(1);
        assertThatThrownBy(() -> driven.fetch(4, 0)).isInstanceOf(OutOfMemoryError.class);
        assertThat(driven.fetch(4, 0)).isZero();
        driven.assertUsable();
    }

    @Test
    void changeWithoutMemoryFailsAlone() throws Exception {
        assertThat(driven.errno(driven.fd, READ, EV_ADD)).isZero();
        driven.epoll.control =
                (op, fd, events, tag) -> {
                    driven.epoll.control = driven.epoll::kernelControl;
                    throw new OutOfMemoryError("for the test");
                };
        assertThat(driven.errno(driven.fd, WRITE, EV_ADD)).isEqualTo(Errno.ENOMEM);
        driven.send();
        assertThat(driven.fetch(4, 0)).as("READ alone").isEqualTo(1);
        driven.assertUsable();
    }

    @Test
    void errorThrownByAChangeIsRepairedByTheNextCall() throws Exception {
        assertThat(driven.errno(driven.fd, READ, EV_ADD)).isZero();
        driven.epoll.control =
                (op, fd, events, tag) -> {
                    driven.epoll.control = driven.epoll::kernelControl;
                    throw new StackOverflowError("for the test");
                };
        assertThatThrownBy(() -> driven.errno(driven.fd, WRITE, EV_ADD)).isInstanceOf(StackOverflowError.class);
        driven.send();
        KEventList events = KEventList.allocate(4);
        driven.kq.kevent(null, events, 0);
        assertThat(events.filter(0)).isEqualTo(READ);
        driven.assertUsable();
    }

    @Test
    void closeWorksAfterAnErrorInAWait() throws Exception {
        long before = OpenDescriptors.count();
        try (Driven other = new Driven()) {
            other.kq.kevent(Driven.change(2, TIMER, EV_ADD, 0, 1000), null, 0);
            other.epoll.throwOnce(new OutOfMemoryError("for the test"));
            assertThatThrownBy(() -> Driven.soon(() -> other.fetch(1, KQueue.FOREVER)))
                    .isInstanceOf(OutOfMemoryError.class);
        }
        assertThat(OpenDescriptors.count()).as("the thread that threw is not waited for").isEqualTo(before);
    }

    @Test
    void closeEndsAWaitBesideOneThatHasThrown() throws Exception {
        driven.epoll.throwOnce(new OutOfMemoryError("for the test"));
        assertThatThrownBy(() -> Driven.soon(() -> driven.fetch(1, SECOND))).isInstanceOf(OutOfMemoryError.class);
        FutureTask<Integer> waiting = Driven.start(() -> driven.fetch(1, KQueue.FOREVER));
        driven.awaitWaits(2);
        driven.kq.close();
        assertThatThrownBy(() -> Driven.result(waiting)).isInstanceOf(ClosedChannelException.class);
    }

    /** The edge that the thread has fetched is nobody's, and the thread may not come back. */
    @Test
    void edgeThatAThreadHadFetchedWhenItThrewIsReportedToAnotherThatWaits() throws Exception {
        assertThat(driven.errno(driven.fd, READ, EV_ADD | EV_CLEAR)).isZero();
        driven.send();
        FutureTask<Integer> waiting = throwBesideAWait();
        assertThat(Driven.result(waiting)).isEqualTo(1);
    }

    /** The error comes after the first of two events, and is kept for a later call. */
    @Test
    void eventsBehindAnErrorThatIsKeptAreReportedToAnotherThreadThatWaits() throws Exception {
        driven.fill();
        assertThat(driven.errno(driven.fd, READ, EV_ADD | EV_DISPATCH)).isZero();
        assertThat(driven.errno(driven.fd, WRITE, EV_ADD | EV_CLEAR)).isZero();
        try (Driven other = new Driven()) {
            assertThat(driven.errno(other.fd, READ, EV_ADD | EV_CLEAR)).isZero();
            driven.send();
            other.send();
            int before = driven.epoll.waits.get();
            FutureTask<Integer> waiting = new FutureTask<>(() -> driven.fetch(4, KQueue.FOREVER));
            driven.epoll.wait =
                    (events, max, nanos) -> {
                        driven.epoll.wait = driven.epoll::kernelAwait;
                        int n = driven.epoll.kernelAwait(events, max, nanos);
                        Thread.ofPlatform().daemon().start(waiting);
                        awaitWaits(before + 2);
                        driven.epoll.control =
                                (op, fd, bits, tag) -> {
                                    driven.epoll.control = driven.epoll::kernelControl;
                                    throw new OutOfMemoryError("for the test");
                                };
                        return n;
                    };
            assertThat(Driven.soon(() -> driven.fetch(4, SECOND))).isEqualTo(1);
            assertThat(Driven.result(waiting)).isPositive();
        }
    }

    /** One thread fetches what is ready, and throws when another waits. */
    private FutureTask<Integer> throwBesideAWait() throws Exception {
        FutureTask<Integer> waiting = new FutureTask<>(() -> driven.fetch(4, KQueue.FOREVER));
        driven.epoll.wait =
                (events, max, nanos) -> {
                    driven.epoll.wait = driven.epoll::kernelAwait;
                    assertThat(driven.epoll.kernelAwait(events, max, nanos)).isEqualTo(1);
                    Thread.ofPlatform().daemon().start(waiting);
                    awaitWaits(2);
                    throw new OutOfMemoryError("for the test");
                };
        assertThatThrownBy(() -> Driven.soon(() -> driven.fetch(4, SECOND))).isInstanceOf(OutOfMemoryError.class);
        return waiting;
    }

    private void awaitWaits(int count) {
        try {
            driven.awaitWaits(count);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void lastWaitOfAClosedKQueueClosesItsDescriptorsThoughItThrows() throws Exception {
        long before = OpenDescriptors.count();
        LinuxKQueue kq = ScriptedEpoll.kqueue();
        ScriptedEpoll.of(kq).wait =
                (events, max, nanos) -> {
                    kq.close();
                    throw new OutOfMemoryError("for the test");
                };
        assertThatThrownBy(() -> kq.kevent(null, KEventList.allocate(1), KQueue.FOREVER))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(OpenDescriptors.count()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:+TieredCompilation"})
    void kqueueSurvivesDeepRecursion(String mode) throws IOException, InterruptedException {
        String printed =
                new ChildJvm().run(mode, "-Xss400k", "-XX:-StackTraceInThrowable", DeepRecursion.class.getName());
        assertThat(printed).contains("survived 30 rounds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1"})
    void eventThatComesOnceComesOnceInDeepRecursion(String mode) throws IOException, InterruptedException {
        String printed =
                new ChildJvm().run(mode, "-Xss400k", "-XX:-StackTraceInThrowable", DeepOneshot.class.getName());
        assertThat(printed).contains("each reported once");
    }
}
