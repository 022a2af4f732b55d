package dev.kqueue.guide;

import dev.kqueue.nio.KQueueSelectorProvider;
import dev.kqueue.nio.VnodeChannel;
import dev.kqueue.nio.VnodeEvent;
import dev.kqueue.nio.VnodeKey;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.nio.NioEventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.nio.NioTask;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A watched file on the thread of a Netty event loop, beside its connections. */
@SuppressWarnings("deprecation") // NioEventLoop is, and Netty has no other loop that takes a SelectableChannel
public final class NettyLoop {
    private NettyLoop() {}

    public static void main(String[] arguments) throws Exception {
        NioEventLoopGroup group =
                new NioEventLoopGroup(
                        1, (Executor) null, KQueueSelectorProvider.instance(), DefaultSelectStrategyFactory.INSTANCE);
        NioEventLoop loop = (NioEventLoop) group.next();
        VnodeChannel file = VnodeChannel.open(Path.of(arguments[0]), Set.of(VnodeEvent.WRITE));
        NioTask<SelectableChannel> task =
                new NioTask<>() {
                    @Override
                    public void channelReady(SelectableChannel channel, SelectionKey key) {
                        System.out.println("file " + ((VnodeKey) key).events());
                        var _ = group.shutdownGracefully(0, 10, TimeUnit.SECONDS);
                    }

                    @Override
                    public void channelUnregistered(SelectableChannel channel, Throwable cause) {
                        // Called if the task has thrown an exception.
                        System.out.println("unregistered: " + cause);
                    }
                };
        loop.submit(() -> loop.register(file, SelectionKey.OP_READ, task)).sync();
        System.out.println("watching");
        group.terminationFuture().sync();
        file.close();
    }
}
