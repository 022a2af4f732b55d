package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_ONESHOT;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;

/** Whatever is thrown in a queue over values: the lock is free afterwards, and no event and no object is lost. */
@Timeout(300)
class ThrownInEventQueueTest {
    private final Object first = new Object();
    private final Object second = new Object();
    private final ModelKQueue kqueue = new ModelKQueue(true);
    private final KEventQueue queue = new KEventQueue(new KQueue(kqueue));

    private void change(KEvent... changes) throws IOException {
        queue.apply(changes);
    }

    private List<KEvent> fetch(int maxEvents) throws IOException {
        return queue.poll(maxEvents);
    }

    private static KEvent add(long ident, int flags, Object udata) {
        return KEvent.read(ident, EV_ADD | flags, 0, udata);
    }

    private void failNextFetch() {
        kqueue.afterFetch =
                () -> {
                    kqueue.afterFetch = () -> {};
                    throw new OutOfMemoryError("for the test");
                };
        assertThatThrownBy(() -> fetch(16)).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void eventsFetchedByACallThatThrewComeWithTheNextOne() throws IOException {
        change(add(5, EV_ONESHOT, first));
        kqueue.fire(5, Filter.READ);
        failNextFetch();
        change(add(5, EV_ONESHOT, second));

        assertThat(fetch(16)).hasSize(1);
        kqueue.fire(5, Filter.READ);
        assertThat(fetch(16)).singleElement().extracting(KEvent::udata).isSameAs(second);
        assertThat(queue.size()).as("both were the last of their kind").isZero();
    }

    @Test
    void eventsFetchedByACallThatThrewComeAFewAtATime() throws IOException {
        for (int ident = 1; ident <= 3; ident++) {
            change(add(ident, EV_CLEAR, ident));
            kqueue.fire(ident, Filter.READ);
        }
        failNextFetch();

        assertThat(fetch(2)).extracting(KEvent::udata).containsExactly(1, 2);
        assertThat(fetch(2)).extracting(KEvent::udata).containsExactly(3);
        assertThat(fetch(2)).isEmpty();
    }

    @Test
    void changesMadeByACallThatThrewAreKnown() throws IOException {
        kqueue.beforeChange =
                index -> {
                    if (index == 1) {
                        throw new StackOverflowError("for the test");
                    }
                };
        assertThatThrownBy(() -> change(add(5, EV_CLEAR, first), add(6, EV_CLEAR, second)))
                .isInstanceOf(StackOverflowError.class);

        kqueue.fire(5, Filter.READ);
        assertThat(fetch(16)).singleElement().extracting(KEvent::udata).isSameAs(first);
        assertThat(queue.size()).as("the other was not made").isOne();
    }

    @Test
    void eventsThatAreKeptGoWithTheKQueue() throws IOException {
        change(add(5, EV_CLEAR, first));
        kqueue.fire(5, Filter.READ);
        failNextFetch();
        queue.close();

        assertThat(queue.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:+TieredCompilation"})
    void queueSurvivesDeepRecursion(String mode) throws IOException, InterruptedException {
        String printed =
                new ChildJvm().run(mode, "-Xss400k", "-XX:-StackTraceInThrowable", DeepValueRecursion.class.getName());
        assertThat(printed).contains("survived " + DeepValueRecursion.ROUNDS + " rounds").doesNotContain("dangerous");
    }
}
