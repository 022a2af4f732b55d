package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.Note.NOTE_TRIGGER;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One thread has fetched an event, and another changes its knote before it is delivered. */
@Timeout(60)
@ParameterizedClass
@ValueSource(booleans = {true, false})
class FetchedEventsTest extends KEventQueueOverModel {
    FetchedEventsTest(boolean replacesUdataAlways) {
        super(replacesUdataAlways);
    }

    /** Lets the action run after an event has been fetched and before its object is looked up. */
    private List<KEvent> pollAndMeanwhile(Action action) throws IOException {
        kqueue.afterFetch =
                () -> {
                    kqueue.afterFetch = () -> {};
                    CompletableFuture.runAsync(
                                    () -> {
                                        try {
                                            action.run();
                                        } catch (IOException e) {
                                            throw new CompletionException(e);
                                        }
                                    })
                            .join();
                };
        return poll();
    }

    private interface Action {
        void run() throws IOException;
    }

    @Test
    void fetchedEventHasTheObjectThatReplacedItsOwn() throws IOException {
        change(add(EV_CLEAR, first));
        fire();

        assertThat(pollAndMeanwhile(() -> change(add(EV_CLEAR, second))))
                .singleElement()
                .extracting(KEvent::udata)
                .isSameAs(second);
    }

    @Test
    void fetchedEventThatIsDeletedIsDropped() throws IOException {
        change(add(0, first));
        fire();

        assertThat(pollAndMeanwhile(() -> change(KEvent.read(5, EV_DELETE, 0, null)))).isEmpty();
        assertThat(queue.size()).isZero();
    }

    @Test
    void fetchedEventIsNotTakenForOneAddedSince() throws IOException {
        change(add(0, first));
        fire();

        assertThat(pollAndMeanwhile(() -> change(KEvent.read(5, EV_DELETE, 0, null), add(EV_CLEAR, second)))).isEmpty();
        fire();
        expect(second);
    }

    @Test
    void waitGoesOnAfterAnEventThatIsDropped() throws IOException {
        change(add(0, first));
        fire();
        kqueue.afterFetch =
                () -> {
                    kqueue.afterFetch = () -> {};
                    try {
                        change(KEvent.read(5, EV_DELETE, 0, null), KEvent.user(1, EV_ADD, NOTE_TRIGGER, second));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                };

        assertThat(queue.await(16)).singleElement().extracting(KEvent::udata).isSameAs(second);
    }

    @Test
    void lastEventOfOneShotDoesNotTakeTheNextOnesObject() throws IOException {
        change(add(EV_ONESHOT, first));
        fire();

        assertThat(pollAndMeanwhile(() -> change(add(EV_ONESHOT, second)))).hasSize(1);
        assertThat(queue.size()).isOne();
        fire();
        expect(second);
        assertThat(queue.size()).isZero();
    }

    @Test
    void eventOfADescriptorAboutToBeClosedIsDropped() throws IOException {
        change(add(0, first), KEvent.vnode(5, EV_ADD, 0, second), KEvent.timer(5, EV_ADD, Duration.ofDays(1), first));
        fire();

        assertThat(pollAndMeanwhile(() -> queue.beforeClose(5))).isEmpty();
        assertThat(poll()).isEmpty();
        assertThat(kqueue.size()).as("the timer is no descriptor's").isOne();
        assertThat(queue.size()).isOne();
    }

    @Test
    void eventFetchedBeforeTheQueueIsClosedIsDropped() throws IOException {
        change(add(0, first));
        fire();

        assertThat(pollAndMeanwhile(queue::close)).isEmpty();
        assertThat(queue.size()).isZero();
    }
}
