package dev.kqueue.nio;

import dev.kqueue.internal.io.BuffersTest;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** Receiving from the same sender and sending to the same receiver allocate nothing. */
class DatagramAllocationTest {
    /** Sends to itself and receives, as a server does that answers whoever sent. */
    static final class Program {
        private Program() {}

        static void main(String[] arguments) throws IOException {
            BuffersTest.Kind kind = BuffersTest.Kind.valueOf(arguments[0]);
            ByteBuffer src = kind.of(new byte[100]);
            ByteBuffer dst = kind.allocate(200);
            try (DatagramChannel channel = DatagramChannel.open()) {
                channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                channel.configureBlocking(false);
                SocketAddress[] peer = {channel.getLocalAddress()};
                Allocation.print(
                        () -> {
                            src.position(5);
                            dst.clear().position(3);
                            if (channel.send(src, peer[0]) != 100) {
                                throw new AssertionError("not sent");
                            }
                            peer[0] = channel.receive(dst);
                        });
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = BuffersTest.Kind.class,
            names = {"HEAP", "DIRECT"})
    void receiveAndSendAllocateNothing(BuffersTest.Kind kind) throws IOException, InterruptedException {
        Allocation.assertNone(Program.class, kind.name());
    }
}
