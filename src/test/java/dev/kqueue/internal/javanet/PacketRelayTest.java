package dev.kqueue.internal.javanet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.nio.KQueueSelectorProvider;
import dev.kqueue.nio.TcpPair;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** A channel's socket fills packets as one of java.net's own does. */
@Timeout(60)
class PacketRelayTest {
    private DatagramChannel channel;
    private DatagramSocket theJdks;
    private DatagramSocket sender;

    @BeforeEach
    void open() throws IOException {
        InetSocketAddress any = new InetSocketAddress(TcpPair.LOOPBACK, 0);
        channel = KQueueSelectorProvider.instance().openDatagramChannel().bind(any);
        theJdks = new DatagramSocket(any);
        sender = new DatagramSocket(any);
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
        theJdks.close();
        sender.close();
    }

    private void receive(DatagramSocket socket, byte[] bytes, DatagramPacket packet) throws IOException {
        sender.send(new DatagramPacket(bytes, bytes.length, socket.getLocalSocketAddress()));
        socket.receive(packet);
        assertThat(packet.getSocketAddress()).isEqualTo(sender.getLocalSocketAddress());
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i + 1);
        }
        return bytes;
    }

    private static void assertHolds(DatagramPacket packet, byte[] bytes) {
        assertThat(packet.getLength()).isEqualTo(bytes.length);
        assertThat(ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength()))
                .isEqualTo(ByteBuffer.wrap(bytes));
    }

    @ParameterizedTest
    @EnumSource
    void roomStaysForWhicheverSocketReceivesNext(Threads threads) throws Exception {
        threads.call(
                () -> {
                    DatagramPacket packet = new DatagramPacket(new byte[100], 7, 50);
                    for (int count : new int[] {30, 50, 0, 10, 10, 41}) {
                        receive(channel.socket(), bytes(count), packet);
                        assertHolds(packet, bytes(count));
                        receive(theJdks, bytes(50), packet);
                        assertHolds(packet, bytes(50));
                    }
                    return null;
                });
    }

    @Test
    void nothingIsWrittenBeyondTheRoom() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 7, 50);
        receive(channel.socket(), bytes(20), packet);
        receive(channel.socket(), bytes(80), packet);
        assertHolds(packet, bytes(50));
        assertThat(packet.getData()[57]).isZero();
    }

    @Test
    void roomIsWhatTheProgramSetsAlthoughItIsTheLengthAlready() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 50);
        receive(channel.socket(), bytes(20), packet);
        packet.setLength(packet.getLength());
        receive(channel.socket(), bytes(30), packet);
        assertHolds(packet, bytes(20));
        assertThat(packet.getData()[20]).isZero();
    }

    @RequiresAbility(Ability.LONG_DATAGRAMS)
    @Test
    void largestDatagramOfTheLoopbackIsReceived() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[70_000], 70_000);
        receive(channel.socket(), bytes(65_507), packet);
        assertHolds(packet, bytes(65_507));
    }

    @ParameterizedTest
    @EnumSource
    void interruptedThreadReceivesAllTheSame(Threads threads) throws Exception {
        threads.call(
                () -> {
                    DatagramPacket packet = new DatagramPacket(new byte[100], 50);
                    ByteBuffer received = PacketRelay.room(packet);
                    received.put(bytes(20));
                    Thread.currentThread().interrupt();
                    PacketRelay.deliver(received, packet);
                    assertThat(Thread.interrupted()).isTrue();
                    assertHolds(packet, bytes(20));
                    receive(theJdks, bytes(50), packet);
                    assertHolds(packet, bytes(50));
                    return null;
                });
    }
}
