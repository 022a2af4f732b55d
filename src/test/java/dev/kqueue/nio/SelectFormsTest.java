package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The forms of select that {@link Selector} does not have. */
@Timeout(60)
class SelectFormsTest {
    private final KQueueSelector selector = KQueueSelector.open();

    SelectFormsTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    @Test
    void nanosecondsAreWaited() throws IOException {
        long start = System.nanoTime();
        assertThat(selector.select(Duration.ofNanos(1_500_000))).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_500_000);
    }

    @Test
    void zeroDoesNotWaitAndTheLongestTimeIsNoLimit() throws IOException {
        assertThat(selector.select(Duration.ZERO)).isZero();
        assertThat(selector.select(key -> {}, Duration.ZERO)).isZero();
        selector.addUserEvent().trigger();
        assertThat(selector.select(key -> {}, Duration.ofSeconds(Long.MAX_VALUE))).isOne();
        selector.schedule(Duration.ofMillis(1));
        assertThat(selector.select(Duration.ofSeconds(Long.MAX_VALUE))).isOne();
    }

    @Test
    void negativeTimeAndNullAreRefused() {
        assertThatThrownBy(() -> selector.select(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.000000001S");
        assertThatThrownBy(() -> selector.select((Duration) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> selector.select((KeyAction) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> selector.selectNow((KeyAction) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> selector.select((KeyAction) null, Duration.ZERO))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void closedSelectorIsRefused() throws IOException {
        selector.close();
        assertThatThrownBy(() -> selector.select(Duration.ZERO)).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector.select(key -> {})).isInstanceOf(ClosedSelectorException.class);
    }

    @Test
    void exceptionOfTheActionIsThrownAndOtherKeysAreKept() throws IOException {
        selector.addUserEvent().trigger();
        selector.addUserEvent().trigger();
        List<SelectionKey> told = new ArrayList<>();
        assertThatThrownBy(
                        () ->
                                selector.select(
                                        key -> {
                                            told.add(key);
                                            throw new IOException("of the program");
                                        }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("of the program");
        assertThat(told).hasSize(1);
        assertThat(selector.selectNow(key -> assertThat(told).doesNotContain(key))).isOne();
    }

    @Test
    void actionIsAConsumerOfAnySelector() throws IOException {
        selector.addUserEvent().trigger();
        KeyAction action =
                key -> {
                    throw new IOException("of the program");
                };
        Consumer<SelectionKey> consumer = action;
        assertThatThrownBy(() -> consumer.accept(null))
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseMessage("of the program");
    }

    @Test
    void closingTheSelectorInTheActionEndsTheLoop() throws IOException {
        selector.addUserEvent().trigger();
        selector.addUserEvent().trigger();
        int calls = 0;
        while (selector.isOpen()) {
            calls += selector.select(key -> selector.close());
        }
        assertThat(calls).isOne();
    }

    @Test
    void closingInAConsumerThrowsAsSelectorSpecifies() throws IOException {
        UserKey user = selector.addUserEvent();
        user.trigger();
        Selector plain = selector;
        Consumer<SelectionKey> closing =
                key -> {
                    try {
                        plain.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                };
        assertThatThrownBy(() -> plain.select(closing)).isInstanceOf(ClosedSelectorException.class);
    }
}
