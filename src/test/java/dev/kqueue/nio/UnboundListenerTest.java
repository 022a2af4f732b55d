package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Filter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A listener that is registered before it is bound. */
@Timeout(60)
class UnboundListenerTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static ServerSocketChannel listener() throws Exception {
        ServerSocketChannel listener = KQueueSelectorProvider.instance().openServerSocketChannel();
        listener.configureBlocking(false);
        return listener;
    }

    /** NetBSD and DragonFly choose the filter of a listener with EV_ADD: too early, and it never fires. */
    @Test
    void knoteIsAddedAfterListen() throws Exception {
        ScriptedKQueue kqueue = new ScriptedKQueue();
        try (KQueueSelector selector = new KQueueSelector(null, kqueue.asKQueue);
                ServerSocketChannel listener = listener()) {
            SelectionKey key = listener.register(selector, SelectionKey.OP_ACCEPT);
            kqueue.calls.clear();
            selector.selectNow();
            assertThat(kqueue.calls.getFirst().changes()).isEmpty();
            listener.bind(ANY_PORT);
            selector.selectNow();
            assertThat(kqueue.calls.getLast().changes()).hasSize(1);
            assertThat(kqueue.calls.getLast().changes().getFirst().filter()).isEqualTo(Filter.READ);
            key.interestOps(0);
            selector.selectNow();
            key.interestOps(SelectionKey.OP_ACCEPT);
            selector.selectNow();
            assertThat(kqueue.calls.getLast().changes()).as("and again, as ever").hasSize(1);
        }
    }

    @Test
    void isNotReadyBeforeItListens() throws Exception {
        try (KQueueSelector selector = KQueueSelector.open();
                ServerSocketChannel listener = listener()) {
            listener.register(selector, SelectionKey.OP_ACCEPT);
            assertThat(selector.selectNow()).isZero();
        }
    }

    @Test
    void acceptsThatAreWaitedForMeanwhileAreReported() throws Exception {
        try (KQueueSelector selector = KQueueSelector.open();
                ServerSocketChannel listener = listener()) {
            SelectionKey key = listener.register(selector, SelectionKey.OP_ACCEPT);
            Thread client =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            listener.bind(ANY_PORT);
                                            SocketChannel.open(listener.getLocalAddress()).close();
                                        } catch (java.io.IOException e) {
                                            throw new AssertionError(e);
                                        }
                                    });
            while (selector.select() == 0) {
                assertThat(key.isValid()).isTrue();
            }
            assertThat(key.isAcceptable()).isTrue();
            listener.accept().close();
            client.join();
        }
    }
}
