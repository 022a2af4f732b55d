package dev.kqueue.nio;

import java.net.DatagramPacket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * How much a {@link DatagramPacket} has room for. A receive sets the packet's length to that of the datagram, and the
 * next receive into the same packet may be longer again: java.net keeps the first length in the packet, but tells it to
 * nobody. So it is kept here, for as long as the packet lives and the program leaves it as a receive has left it.
 */
final class PacketRooms {
    /** How a receive has left a packet. */
    private static final class Room {
        private final byte[] data;
        private final int offset;
        private final int length;
        final int room;

        Room(DatagramPacket packet, int room) {
            data = packet.getData();
            offset = packet.getOffset();
            length = packet.getLength();
            this.room = room;
        }

        // By reference: another array is another place, whatever it holds.
        @SuppressWarnings("ReferenceEquality")
        boolean isLeftIn(DatagramPacket packet) {
            return packet.getData() == data && packet.getOffset() == offset && packet.getLength() == length;
        }
    }

    private final Map<DatagramPacket, Room> rooms = new WeakHashMap<>();

    /** The part of the packet's array that a datagram may fill. */
    synchronized ByteBuffer of(DatagramPacket packet) {
        Room left = rooms.get(packet);
        int room = left != null && left.isLeftIn(packet) ? left.room : packet.getLength();
        return ByteBuffer.wrap(packet.getData(), packet.getOffset(), room);
    }

    /** Sets the packet's length to what was received into a buffer of {@link #of}. */
    synchronized void received(DatagramPacket packet, ByteBuffer into) {
        int offset = packet.getOffset();
        packet.setLength(into.position() - offset);
        rooms.put(packet, new Room(packet, into.limit() - offset));
    }
}
