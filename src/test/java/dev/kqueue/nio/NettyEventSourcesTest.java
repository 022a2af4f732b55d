package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.nio.NioEventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.nio.NioTask;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Event sources on a Netty event loop, which takes any SelectableChannel, and iterates the selected keys itself. */
@Timeout(60)
@SuppressWarnings("deprecation") // NioEventLoop is deprecated, and no other loop of Netty takes a SelectableChannel
class NettyEventSourcesTest {
    /** What the loop has found in a ready key, as it must be read: on the loop's thread, at once. */
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    private final NioEventLoopGroup group =
            new NioEventLoopGroup(
                    1, (Executor) null, KQueueSelectorProvider.instance(), DefaultSelectStrategyFactory.INSTANCE);
    private final NioEventLoop loop = (NioEventLoop) group.next();

    @AfterEach
    void shutDown() throws InterruptedException {
        assertThat(group.shutdownGracefully(0, 10, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Calls back with the key's type and what it tells. */
    private final class Report implements NioTask<SelectableChannel> {
        @Override
        public void channelReady(SelectableChannel channel, SelectionKey key) {
            seen.add(
                    switch (key) {
                        case VnodeKey file -> "file " + file.events().contains(VnodeEvent.WRITE);
                        case ProcessKey process -> "process " + process.exitValue();
                        case TimerKey timer -> "timer " + timer.expirations();
                        case UserKey user -> "user " + user.count();
                        default -> throw new AssertionError(key);
                    });
        }

        @Override
        public void channelUnregistered(SelectableChannel channel, Throwable cause) {
            seen.add("unregistered");
        }
    }

    private void register(SelectableChannel channel) {
        loop.submit(() -> loop.register(channel, SelectionKey.OP_READ, new Report())).syncUninterruptibly();
    }

    private void expect(String what) throws InterruptedException {
        assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(what);
    }

    @Test
    void fileIsWatched(@TempDir Path folder) throws Exception {
        Path path = Files.createFile(folder.resolve("file"));
        try (VnodeChannel channel = VnodeChannel.open(path, EnumSet.of(VnodeEvent.WRITE))) {
            register(channel);
            for (int i = 0; i < 3; i++) {
                Files.writeString(path, "some");
                expect("file true");
                while (seen.poll(20, TimeUnit.MILLISECONDS) != null) {
                    // One write of Files.writeString may be two events: truncation, and data.
                }
            }
        }
    }

    @Test
    void childsExitIsReportedWithItsStatus() throws Exception {
        Process process = new ProcessBuilder("/bin/sh", "-c", "read line; exit 7").start();
        try (ProcessChannel channel = ProcessChannel.open(process.toHandle(), EnumSet.of(ProcessEvent.EXIT))) {
            register(channel);
            process.getOutputStream().close();
            expect("process OptionalInt[7]");
        }
        assertThat(process.waitFor()).isEqualTo(7);
    }

    @Test
    void timerAndUserEventCallBack() throws Exception {
        try (TimerChannel timer = TimerChannel.after(Duration.ofMillis(10));
                UserChannel user = UserChannel.open()) {
            register(timer);
            expect("timer 1");
            register(user);
            user.trigger();
            expect("user 1");
        }
    }
}
