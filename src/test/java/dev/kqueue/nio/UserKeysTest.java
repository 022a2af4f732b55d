package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** User events on this system's kqueue. */
@Timeout(60)
class UserKeysTest {
    private final KQueueSelector selector = KQueueSelector.open();

    UserKeysTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    @Test
    void triggersBeforeASelectAreCounted() throws IOException {
        UserKey key = selector.addUserEvent();
        key.trigger();
        key.trigger();
        key.channel().trigger();

        assertThat(selector.select()).isOne();
        assertThat(key.count()).isEqualTo(3);
        assertThat(selector.selectNow()).isZero();
        key.trigger();
        selector.selectNow();
        assertThat(key.count()).as("adds up until it is taken").isEqualTo(4);
        selector.selectedKeys().clear();
        key.trigger();
        selector.selectNow();
        assertThat(key.count()).isOne();
    }

    @Test
    void whatAnActionThrowsTakesNoEventFromOtherKeys() throws Exception {
        List<EventKey> keys = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            UserKey user = selector.addUserEvent();
            user.trigger();
            keys.add(user);
            keys.add(selector.schedule(Duration.ofMillis(1)));
        }
        Thread.sleep(50);
        List<SelectionKey> told = new ArrayList<>();
        assertThatThrownBy(
                        () ->
                                selector.selectNow(
                                        key -> {
                                            told.add(key);
                                            throw new IllegalStateException("of the program");
                                        }))
                .hasMessage("of the program");
        assertThat(told).hasSize(1);
        assertThat(selector.selectNow(told::add)).isEqualTo(3);
        assertThat(told).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(selector.selectNow(told::add)).isZero();
    }

    @Test
    void triggerFromAnotherThreadEndsTheWaitWithTheKey() throws Exception {
        UserKey key = selector.addUserEvent();
        for (int i = 0; i < 200; i++) {
            Thread thread = Thread.ofPlatform().start(key::trigger);
            assertThat(selector.select()).isOne();
            assertThat(key.count()).isOne();
            selector.selectedKeys().clear();
            thread.join();
        }
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void noTriggerIsLostOrInvented() throws Exception {
        int threads = 4;
        int times = 20_000;
        UserKey key = selector.addUserEvent();
        List<Thread> triggering = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            triggering.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int n = 0; n < times; n++) {
                                            key.trigger();
                                        }
                                    }));
        }
        AtomicInteger sum = new AtomicInteger();
        while (sum.get() < threads * times) {
            selector.select(ready -> sum.addAndGet((int) ((UserKey) ready).count()));
        }
        for (Thread thread : triggering) {
            thread.join();
        }

        assertThat(selector.selectNow()).isZero();
        assertThat(sum).hasValue(threads * times);
    }

    @Test
    void triggerWithoutInterestWakesNobodyAndIsKept() throws IOException {
        UserKey key = selector.addUserEvent();
        key.interestOps(0);
        key.trigger();
        assertThat(selector.select(50)).isZero();
        key.trigger();
        key.interestOps(OP_READ);

        assertThat(selector.select()).isOne();
        assertThat(key.count()).isEqualTo(2);
    }

    @Test
    void triggerOfCancelledKeyDoesNothing() throws IOException {
        UserKey key = selector.addUserEvent();
        key.trigger();
        key.cancel();
        key.trigger();

        assertThat(selector.selectNow()).isZero();
        key.trigger();
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void channelTriggersEachOfItsSelectors() throws IOException {
        try (UserChannel channel = UserChannel.open();
                KQueueSelector other = KQueueSelector.open()) {
            SelectionKey here = channel.register(selector, OP_READ);
            SelectionKey there = channel.register(other, OP_READ);
            channel.trigger();

            assertThat(selector.selectNow()).isOne();
            assertThat(other.selectNow()).isOne();
            assertThat(selector.selectedKeys()).containsExactly(here);
            assertThat(other.selectedKeys()).containsExactly(there);
        }
    }

    @Test
    void triggerCostsNoSystemCallIfNobodyWaits() throws IOException {
        UserKey key = selector.addUserEvent();
        long before = selector.kqueue().statistics().calls();
        for (int i = 0; i < 1000; i++) {
            key.trigger();
        }

        assertThat(selector.kqueue().statistics().calls()).isEqualTo(before);
    }

    @Test
    void typesTellKeysApart() throws IOException {
        selector.schedule(Duration.ofMillis(1));
        selector.addUserEvent().trigger();
        List<String> seen = new ArrayList<>();
        while (seen.size() < 2) {
            selector.select(
                    key ->
                            seen.add(
                                    switch (key) {
                                        case TimerKey timer -> "timer " + timer.expirations();
                                        case UserKey user -> "user " + user.count();
                                        default -> throw new AssertionError(key);
                                    }));
        }

        assertThat(seen).containsExactlyInAnyOrder("timer 1", "user 1");
    }
}
