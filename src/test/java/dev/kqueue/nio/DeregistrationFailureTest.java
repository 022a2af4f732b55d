package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.channel.ScriptedChannel;

import org.junit.jupiter.api.Test;

import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A selector lets go of each cancelled key and its descriptor, also if something is thrown for another key. */
class DeregistrationFailureTest {
    private final ScriptedKQueue kqueue = new ScriptedKQueue();
    private final KQueueSelector selector;
    private final List<ScriptedChannel> channels = new ArrayList<>();

    DeregistrationFailureTest() throws Exception {
        selector = new KQueueSelector(null, kqueue.asKQueue);
        for (int fd = 0; fd < 3; fd++) {
            ScriptedChannel channel = new ScriptedChannel(fd);
            channel.register(selector, SelectionKey.OP_READ);
            channels.add(channel);
        }
        selector.selectNow();
        kqueue.whenClosing =
                descriptor -> {
                    throw new IllegalStateException("descriptor " + descriptor);
                };
        for (ScriptedChannel channel : channels) {
            channel.close();
        }
    }

    @Test
    void everyCancelledKeyIsReleasedThoughTheKQueueThrows() throws Exception {
        assertThatThrownBy(selector::selectNow).satisfies(DeregistrationFailureTest::namesAllDescriptors);
        assertThat(selector.keys()).isEmpty();
        assertThat(channels).extracting(channel -> channel.holds).containsOnly(0);
        selector.close();
    }

    @Test
    void closeReleasesEveryKeyThoughTheKQueueThrows() {
        assertThatThrownBy(selector::close).satisfies(DeregistrationFailureTest::namesAllDescriptors);
        assertThat(channels).extracting(channel -> channel.holds).containsOnly(0);
    }

    private static void namesAllDescriptors(Throwable failure) {
        assertThat(Stream.concat(Stream.of(failure), Stream.of(failure.getSuppressed())))
                .allMatch(each -> each instanceof IllegalStateException)
                .extracting(Throwable::getMessage)
                .containsExactlyInAnyOrder("descriptor 0", "descriptor 1", "descriptor 2");
    }

    @Test
    void aRefusedCallIsAddedToWhatAKeyHasThrown() throws Exception {
        assertThatThrownBy(selector::selectNow).isInstanceOf(IllegalStateException.class);
        ScriptedChannel open = new ScriptedChannel(3);
        SelectionKey cancelled = open.register(selector, SelectionKey.OP_READ);
        ScriptedChannel closed = new ScriptedChannel(4);
        closed.register(selector, SelectionKey.OP_READ);
        selector.selectNow();
        cancelled.cancel();
        closed.close();
        kqueue.beforeReceipts =
                () -> {
                    throw new IllegalStateException("kevent");
                };
        assertThatThrownBy(selector::selectNow)
                .satisfies(
                        failure ->
                                assertThat(Stream.concat(Stream.of(failure), Stream.of(failure.getSuppressed())))
                                        .extracting(Throwable::getMessage)
                                        .containsExactlyInAnyOrder("descriptor 4", "kevent"));
        assertThat(List.of(open, closed)).extracting(channel -> channel.holds).containsOnly(0);
        selector.close();
    }
}
