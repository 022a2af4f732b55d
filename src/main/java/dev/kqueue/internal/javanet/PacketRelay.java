package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Receives into packets as {@link DatagramSocket#receive} specifies it: the length of the data becomes that of the
 * datagram, and the room that the packet has for the next one stays. The packet keeps both, but {@link
 * DatagramPacket#setLength} sets both, and nothing public sets the length alone, nor tells the room, but the receive of
 * a socket of java.net's own. So where they differ the datagram passes through two such sockets, over the loopback
 * interface.
 */
final class PacketRelay {
    private PacketRelay() {}

    /** The largest datagram of UDP over IPv4. */
    private static final int MAX = 65_507;

    /** Far longer than the loopback interface takes. */
    private static final int TIMEOUT_MILLIS = 1_000;

    private record RelaySockets(DatagramSocket in, DatagramSocket out) {
        static RelaySockets open() throws IOException {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            DatagramSocket in = new DatagramSocket(any);
            try {
                DatagramSocket out = new DatagramSocket(any);
                try {
                    // So it receives from the other one alone. That one stays unconnected: otherwise it would send no
                    // empty ones.
                    in.connect(out.getLocalSocketAddress());
                    in.setSoTimeout(TIMEOUT_MILLIS);
                    return new RelaySockets(in, out);
                } catch (Throwable failure) {
                    // Whatever was thrown, here and below: the caller gets neither socket.
                    out.close();
                    throw failure;
                }
            } catch (Throwable failure) {
                in.close();
                throw failure;
            }
        }

        void close() {
            in.close();
            out.close();
        }
    }

    /** A monitor: the JVM releases it whatever is thrown, which a method called for it might itself fail to do. */
    private static final Object LOCK = new Object();

    /** Opened when first needed, and again after a failure. Guarded by {@link #LOCK}. */
    private static RelaySockets sockets;

    /**
     * Where to receive a datagram for the packet: its own array, if that cannot have more room than the packet tells.
     */
    static ByteBuffer room(DatagramPacket packet) {
        byte[] data = packet.getData();
        int offset = packet.getOffset();
        int length = packet.getLength();
        return data.length - offset == length
                ? ByteBuffer.wrap(data, offset, length)
                : ByteBuffer.allocate(Math.min(data.length - offset, 1 << 16));
    }

    /** Lets the packet receive what has been received into its {@link #room}. */
    static void deliver(ByteBuffer received, DatagramPacket packet) {
        byte[] data = received.array();
        boolean inPlace = isOwn(data, packet);
        int offset = received.arrayOffset() + (inPlace ? packet.getOffset() : 0);
        int count = received.position() - offset;
        if (count != packet.getLength() && !relay(data, offset, count, packet)) {
            // Next best: the room shrinks to the data.
            packet.setLength(Math.min(count, packet.getLength()));
        }
        if (!inPlace) {
            System.arraycopy(data, offset, packet.getData(), packet.getOffset(), packet.getLength());
        }
    }

    @SuppressWarnings("ReferenceEquality") // another array is another place, whatever it holds
    private static boolean isOwn(byte[] data, DatagramPacket packet) {
        return data == packet.getData();
    }

    /** False if there is no way. */
    private static boolean relay(byte[] data, int offset, int count, DatagramPacket packet) {
        if (count > MAX) {
            return false;
        }
        synchronized (LOCK) {
            // An interrupt would close the sockets of java.net under a virtual thread.
            boolean interrupted = Thread.interrupted();
            boolean relayed = false;
            try {
                if (sockets == null) {
                    sockets = RelaySockets.open();
                }
                sockets.out.send(new DatagramPacket(data, offset, count, sockets.in.getLocalSocketAddress()));
                sockets.in.receive(packet);
                relayed = true;
            } catch (IOException failure) {
                // No loopback interface, no descriptors, or an interrupt: the datagram is here all the same.
                relayed = false;
            } finally {
                if (!relayed) {
                    // Whatever was thrown: a datagram on its way would be the next caller's.
                    dropSockets();
                }
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            return relayed;
        }
    }

    private static void dropSockets() {
        RelaySockets dropped = sockets;
        sockets = null;
        if (dropped != null) {
            dropped.close();
        }
    }
}
