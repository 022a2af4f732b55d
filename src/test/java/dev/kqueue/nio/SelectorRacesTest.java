package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A selector that waits, against everything that may happen to it meanwhile; many times over. */
class SelectorRacesTest {
    private static final int ROUNDS = 2000;

    private final KQueueSelectorProvider provider = KQueueSelectorProvider.instance();
    private ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private void useVirtualThreads(boolean virtual) {
        threads.shutdown();
        threads = virtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newCachedThreadPool();
    }

    private static <T> T inTime(Future<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    /** Spins for a random while, so that two threads meet at another place each time. */
    private static void dawdle() {
        for (int i = ThreadLocalRandom.current().nextInt(2000); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWakeupAlwaysEndsTheSelectInProgressOrTheNext(boolean virtual) throws Exception {
        useVirtualThreads(virtual);
        try (Selector selector = provider.openSelector()) {
            for (int round = 0; round < ROUNDS; round++) {
                Future<Integer> selecting = threads.submit((Callable<Integer>) selector::select);
                dawdle();
                selector.wakeup();
                assertThat(inTime(selecting)).isZero();
            }
            assertThat(selector.selectNow()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingEndsTheSelectInProgress(boolean virtual) throws Exception {
        useVirtualThreads(virtual);
        for (int round = 0; round < ROUNDS / 4; round++) {
            Selector selector = provider.openSelector();
            Future<Integer> selecting = threads.submit((Callable<Integer>) () -> selectOrClosed(selector));
            dawdle();
            selector.close();
            inTime(selecting);
            assertThat(selector.isOpen()).isFalse();
        }
    }

    private static int selectOrClosed(Selector selector) throws Exception {
        try {
            return selector.select();
        } catch (ClosedSelectorException closedBefore) {
            return 0;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptEndsTheSelectInProgress(boolean virtual) throws Exception {
        try (Selector selector = provider.openSelector()) {
            for (int round = 0; round < ROUNDS / 4; round++) {
                CountDownLatch begun = new CountDownLatch(1);
                Future<?>[] result = new Future<?>[1];
                java.util.concurrent.FutureTask<Boolean> task =
                        new java.util.concurrent.FutureTask<>(
                                () -> {
                                    begun.countDown();
                                    selector.select();
                                    return Thread.interrupted();
                                });
                result[0] = task;
                Thread thread = virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().start(task);
                begun.await();
                dawdle();
                thread.interrupt();
                assertThat(inTime(task)).isTrue();
                thread.join();
            }
        }
    }

    @Test
    void cancellingAndClosingWhileSelectingLeavesNoKeyAndNoDescriptor() throws Exception {
        Pipe warmUp = provider.openPipe();
        warmUp.source().close();
        warmUp.sink().close();
        long before = OpenDescriptors.count();
        try (Selector selector = provider.openSelector()) {
            Future<Void> selecting =
                    threads.submit(
                            () -> {
                                while (!Thread.currentThread().isInterrupted()) {
                                    selector.select();
                                    selector.selectedKeys().clear();
                                }
                                return null;
                            });
            ByteBuffer one = ByteBuffer.allocate(1);
            for (int round = 0; round < ROUNDS; round++) {
                Pipe pipe = provider.openPipe();
                pipe.source().configureBlocking(false);
                SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ);
                pipe.sink().write(one.clear());
                dawdle();
                if (round % 2 == 0) {
                    key.cancel();
                    dawdle();
                }
                pipe.source().close();
                pipe.sink().close();
                selector.wakeup();
            }
            // Each wakeup made the selecting thread let go of what was cancelled before; one more for the last.
            for (int i = 0; i < 1000 && !selector.keys().isEmpty(); i++) {
                selector.wakeup();
                Thread.sleep(1);
            }
            assertThat(selector.keys()).isEmpty();
            selecting.cancel(true);
        }
        for (int i = 0; i < 1000 && OpenDescriptors.count() > before; i++) {
            Thread.sleep(1);
        }
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before);
    }

    @Test
    void interestSetByOtherThreadsIsSeenByTheSelectThatFollows() throws Exception {
        try (Selector selector = provider.openSelector()) {
            Pipe pipe = provider.openPipe();
            pipe.source().configureBlocking(false);
            pipe.sink().write(ByteBuffer.allocate(1));
            SelectionKey key = pipe.source().register(selector, 0);
            for (int round = 0; round < ROUNDS; round++) {
                Future<Integer> selecting = threads.submit((Callable<Integer>) selector::select);
                dawdle();
                key.interestOps(SelectionKey.OP_READ);
                selector.wakeup();
                int found = inTime(selecting);
                if (found == 0) {
                    assertThat(selector.selectNow()).as("the change came while it waited").isEqualTo(1);
                }
                assertThat(selector.selectedKeys()).containsExactly(key);
                selector.selectedKeys().clear();
                key.interestOps(0);
                assertThat(selector.selectNow()).isZero();
            }
            pipe.source().close();
            pipe.sink().close();
        }
    }

    @Test
    void registeringWithASelectorThatIsBeingClosedFailsOrIsTakenBack() throws Exception {
        for (int round = 0; round < ROUNDS / 4; round++) {
            Selector selector = provider.openSelector();
            Pipe pipe = provider.openPipe();
            pipe.source().configureBlocking(false);
            Future<Boolean> registering =
                    threads.submit(
                            () -> {
                                dawdle();
                                try {
                                    return pipe.source().register(selector, SelectionKey.OP_READ).isValid();
                                } catch (ClosedSelectorException | CancelledKeyException closed) {
                                    return false;
                                }
                            });
            dawdle();
            selector.close();
            inTime(registering);
            assertThat(pipe.source().keyFor(selector)).isNull();
            assertThat(pipe.source().isRegistered()).isFalse();
            pipe.source().close();
            pipe.sink().close();
        }
    }

    @Test
    void registeringAChannelThatIsBeingClosedFailsOrIsCancelled() throws Exception {
        try (Selector selector = provider.openSelector()) {
            for (int round = 0; round < ROUNDS / 4; round++) {
                Pipe pipe = provider.openPipe();
                pipe.source().configureBlocking(false);
                Future<SelectionKey> registering =
                        threads.submit(
                                () -> {
                                    dawdle();
                                    try {
                                        return pipe.source().register(selector, SelectionKey.OP_READ);
                                    } catch (ClosedChannelException closed) {
                                        return null;
                                    }
                                });
                dawdle();
                pipe.source().close();
                pipe.sink().close();
                SelectionKey key = inTime(registering);
                assertThat(key == null || !key.isValid()).isTrue();
                selector.selectNow();
                assertThat(selector.keys()).isEmpty();
            }
        }
    }

    @Test
    void aWriteThatMeetsTheCloseOfARegisteredSocketIsToldOfTheClose() throws Exception {
        try (Selector selector = provider.openSelector();
                ServerSocketChannel listener = provider.openServerSocketChannel()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            for (int round = 0; round < ROUNDS / 4; round++) {
                SocketChannel channel = provider.openSocketChannel();
                channel.connect(listener.getLocalAddress());
                SocketChannel peer = listener.accept();
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
                selector.selectNow();
                CountDownLatch begun = new CountDownLatch(1);
                Future<?> writing =
                        threads.submit(
                                () -> {
                                    begun.countDown();
                                    while (true) {
                                        channel.write(ByteBuffer.allocate(10));
                                    }
                                });
                begun.await();
                dawdle();
                channel.close();
                assertThatThrownBy(() -> inTime(writing)).hasCauseInstanceOf(ClosedChannelException.class);
                selector.selectNow();
                peer.close();
            }
        }
    }
}
