package dev.kqueue.faults;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;

/** Datagrams received and answered by a selector, then over a connected socket, then by a thread that waits. */
final class DatagramScenario extends SelectorScenario {
    private DatagramChannel channel;
    private DatagramChannel blocking;
    private SocketAddress address;
    private SocketAddress addressOfBlocking;
    private DatagramSocket peer;
    private int answered;
    private int answersReceived;

    @Override
    void open() throws Exception {
        super.open();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        bound(any);
        blocking = own(PROVIDER.openDatagramChannel());
        blocking.bind(any);
        addressOfBlocking = blocking.getLocalAddress();
        peer = own(new DatagramSocket(any));
        peer.setSoTimeout(PATIENCE_MILLIS);
    }

    private void bound(InetSocketAddress any) throws Exception {
        channel = own(PROVIDER.openDatagramChannel());
        channel.bind(any);
        address = channel.getLocalAddress();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    private void send(SocketAddress to, int value) throws Exception {
        peer.send(new DatagramPacket(new byte[] {(byte) value}, 1, to));
    }

    private int received() throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[10], 10);
        peer.receive(packet);
        return packet.getData()[0];
    }

    private void exchange(int value) throws Exception {
        send(address, value);
        int got;
        do {
            // What was not received before, because of a fault, comes first.
            serveUntil("a datagram is received", () -> answered > answersReceived);
            got = received();
            answersReceived++;
        } while (got != value);
    }

    @Override
    void act() throws Exception {
        channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
        exchange(1);
        channel.connect(peer.getLocalSocketAddress());
        exchange(2);
        channel.disconnect();
        Thread sender =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try {
                                        Thread.sleep(3);
                                        send(addressOfBlocking, 3);
                                    } catch (Exception closed) {
                                        // The scenario has failed already.
                                        Thread.currentThread().interrupt();
                                    }
                                });
        ByteBuffer bytes = ByteBuffer.allocate(10);
        SocketAddress from = blocking.receive(bytes);
        sender.join();
        expect(peer.getLocalSocketAddress().equals(from) && bytes.get(0) == 3, "received something else");
    }

    @Override
    void after() throws Exception {
        if (((InetSocketAddress) channel.getLocalAddress()).getPort() == 0) {
            // disconnect() has said that the address is lost.
            channel.close();
            bound(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }
        exchange(9);
        super.after();
    }

    @Override
    void handle(SelectionKey key) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(10);
        if (channel.isConnected()) {
            if (channel.read(bytes) > 0) {
                channel.write(bytes.flip());
                answered++;
            }
            return;
        }
        SocketAddress from = channel.receive(bytes);
        if (from != null) {
            channel.send(bytes.flip(), from);
            answered++;
        }
    }
}
