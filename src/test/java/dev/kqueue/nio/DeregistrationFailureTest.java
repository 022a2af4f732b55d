package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.channel.ScriptedChannel;

import org.junit.jupiter.api.Test;

import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;

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
        assertThatThrownBy(selector::selectNow).isInstanceOf(IllegalStateException.class);
        assertThat(selector.keys()).isEmpty();
        assertThat(channels).extracting(channel -> channel.holds).containsOnly(0);
        selector.close();
    }

    @Test
    void closeReleasesEveryKeyThoughTheKQueueThrows() {
        assertThatThrownBy(selector::close).isInstanceOf(IllegalStateException.class);
        assertThat(channels).extracting(channel -> channel.holds).containsOnly(0);
    }
}
