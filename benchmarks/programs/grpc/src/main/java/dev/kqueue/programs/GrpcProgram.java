package dev.kqueue.programs;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** gRPC on Netty's NIO transport: unary calls. */
public final class GrpcProgram implements Program {
    private static final MethodDescriptor<String, String> HELLO =
            MethodDescriptor.<String, String>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("hello/Hello")
                    .setRequestMarshaller(new Text())
                    .setResponseMarshaller(new Text())
                    .build();

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private Server server;

    @Override
    public void start() throws Exception {
        server =
                NettyServerBuilder.forAddress(new InetSocketAddress("localhost", 0))
                        .channelType(NioServerSocketChannel.class)
                        .bossEventLoopGroup(loops)
                        .workerEventLoopGroup(loops)
                        .addService(
                                ServerServiceDefinition.builder("hello")
                                        .addMethod(
                                                HELLO,
                                                ServerCalls.asyncUnaryCall(
                                                        (name, answer) -> {
                                                            answer.onNext("hello " + name);
                                                            answer.onCompleted();
                                                        }))
                                        .build())
                        .build()
                        .start();
    }

    @Override
    public Client connect() {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("localhost", server.getPort())
                        .channelType(NioSocketChannel.class)
                        .eventLoopGroup(loops)
                        .usePlaintext()
                        .build();
        return new Client() {
            @Override
            public void request(int number) throws Exception {
                String answer = ClientCalls.blockingUnaryCall(channel, HELLO, CallOptions.DEFAULT, "" + number);
                if (!answer.equals("hello " + number)) {
                    throw new IOException("answer " + answer);
                }
            }

            @Override
            public void close() {
                channel.shutdownNow();
            }
        };
    }

    @Override
    public Class<?> versionOf() {
        return NettyServerBuilder.class;
    }

    @Override
    public void close() {
        server.shutdownNow();
        loops.shutdownGracefully();
    }

    /** Strings as they are, so that no code has to be generated. */
    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
