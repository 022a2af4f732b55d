package dev.kqueue.program;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Netty's NIO transport, which takes its selectors and channels from the provider: an echo of bytes, and HTTP. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails shows as an answer that does not come
final class NettyProgram {
    private NettyProgram() {}

    public static void main(String[] args) throws Exception {
        System.out.println("provider " + SelectorProvider.provider().getClass().getName());
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        try {
            echo(group);
            http(group);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static Channel serve(EventLoopGroup group, ChannelInitializer<SocketChannel> pipeline) throws Exception {
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(pipeline)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    private static Channel connect(EventLoopGroup group, Channel server, ChannelInitializer<SocketChannel> pipeline)
            throws Exception {
        return new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(pipeline)
                .connect(server.localAddress())
                .sync()
                .channel();
    }

    private static void echo(EventLoopGroup group) throws Exception {
        Channel server =
                serve(
                        group,
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                channel.pipeline()
                                        .addLast(
                                                new ChannelInboundHandlerAdapter() {
                                                    @Override
                                                    public void channelRead(
                                                            ChannelHandlerContext context, Object bytes) {
                                                        context.writeAndFlush(bytes);
                                                    }
                                                });
                            }
                        });
        int connections = 20;
        byte[] sent = new byte[1 << 20];
        new Random(1).nextBytes(sent);
        BlockingQueue<ByteBuf> received = new LinkedBlockingQueue<>();
        for (int i = 0; i < connections; i++) {
            Channel client =
                    connect(
                            group,
                            server,
                            new ChannelInitializer<>() {
                                @Override
                                protected void initChannel(SocketChannel channel) {
                                    channel.pipeline().addLast(new Collector(sent.length, received));
                                }
                            });
            client.writeAndFlush(Unpooled.wrappedBuffer(sent));
        }
        for (int i = 0; i < connections; i++) {
            ByteBuf bytes = received.poll(30, TimeUnit.SECONDS);
            if (bytes == null || !bytes.equals(Unpooled.wrappedBuffer(sent))) {
                throw new AssertionError("the echo of connection " + i + " is " + bytes);
            }
        }
        server.close().sync();
        System.out.println("echoed " + connections);
    }

    /** Passes the connection's bytes on when all have come. */
    private static final class Collector extends SimpleChannelInboundHandler<ByteBuf> {
        private final ByteBuf collected;
        private final BlockingQueue<ByteBuf> received;

        Collector(int length, BlockingQueue<ByteBuf> received) {
            collected = Unpooled.buffer(length, length);
            this.received = received;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            collected.writeBytes(bytes);
            if (!collected.isWritable()) {
                received.add(collected);
                context.close();
            }
        }
    }

    private static void http(EventLoopGroup group) throws Exception {
        Channel server =
                serve(
                        group,
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                channel.pipeline()
                                        .addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 20))
                                        .addLast(
                                                new SimpleChannelInboundHandler<FullHttpRequest>() {
                                                    @Override
                                                    protected void channelRead0(
                                                            ChannelHandlerContext context, FullHttpRequest request) {
                                                        FullHttpResponse response =
                                                                new DefaultFullHttpResponse(
                                                                        HttpVersion.HTTP_1_1,
                                                                        HttpResponseStatus.OK,
                                                                        request.content().retain());
                                                        response.headers()
                                                                .set(
                                                                        HttpHeaderNames.CONTENT_LENGTH,
                                                                        request.content().readableBytes());
                                                        context.writeAndFlush(response);
                                                    }
                                                });
                            }
                        });
        BlockingQueue<Integer> lengths = new LinkedBlockingQueue<>();
        Channel client =
                connect(
                        group,
                        server,
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                channel.pipeline()
                                        .addLast(new HttpClientCodec(), new HttpObjectAggregator(1 << 20))
                                        .addLast(
                                                new SimpleChannelInboundHandler<FullHttpResponse>() {
                                                    @Override
                                                    protected void channelRead0(
                                                            ChannelHandlerContext context, FullHttpResponse response) {
                                                        lengths.add(response.content().readableBytes());
                                                    }
                                                });
                            }
                        });
        int requests = 500;
        for (int i = 0; i < requests; i++) {
            ByteBuf body = Unpooled.buffer(i).writeZero(i);
            DefaultFullHttpRequest request =
                    new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", body);
            request.headers().set(HttpHeaderNames.CONTENT_LENGTH, i).set(HttpHeaderNames.HOST, "localhost");
            client.writeAndFlush(request);
        }
        for (int i = 0; i < requests; i++) {
            Integer length = lengths.poll(30, TimeUnit.SECONDS);
            if (length == null || length != i) {
                throw new AssertionError("the answer to request " + i + " has " + length + " bytes");
            }
        }
        client.close().sync();
        server.close().sync();
        System.out.println("served " + requests);
    }
}
