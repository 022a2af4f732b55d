package dev.kqueue.internal.io;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.socket.Sockaddr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;

/**
 * sendmsg(2) and recvmsg(2) of bytes with descriptors (SCM_RIGHTS). Each call is one attempt, which does not wait, and
 * returns what was moved or -errno; never -EINTR.
 */
public final class RightsMessage {
    private RightsMessage() {}

    /** Room for more descriptors than any system sends at once, so that none is cut off. */
    private static final int ROOM = 1024;

    private static final Struct MSGHDR = Abi.HOST.struct("msghdr");
    private static final Field NAME = MSGHDR.field("msg_name");
    private static final Field NAMELEN = MSGHDR.field("msg_namelen");
    private static final Field IOV = MSGHDR.field("msg_iov");
    private static final Field IOVLEN = MSGHDR.field("msg_iovlen");
    private static final Field CONTROL = MSGHDR.field("msg_control");
    private static final Field CONTROLLEN = MSGHDR.field("msg_controllen");
    private static final Field FLAGS = MSGHDR.field("msg_flags");

    /**
     * Close-on-exec in the call itself, so that no fork in between takes the descriptors along. macOS has no such flag,
     * and leaves that gap.
     */
    private static final OptionalInt CLOEXEC = Abi.HOST.find("MSG_CMSG_CLOEXEC");

    /**
     * Sends bytes of the buffer, and the descriptors with the first of them.
     *
     * @param to where to; null to where the socket is connected
     */
    public static int send(int socket, ByteBuffer src, Sockaddr to, int[] descriptors) {
        IoVector vector = IoVector.take();
        try (Arena arena = Arena.ofConfined()) {
            if (!vector.fillForDatagram(new ByteBuffer[] {src}, 0, 1, false) && to != null) {
                return -Errno.EMSGSIZE;
            }
            MemorySegment message = message(vector, arena);
            if (to != null) {
                NAME.set(message, 0, to.address());
                NAMELEN.set(message, 0, to.length());
            }
            if (descriptors.length > 0) {
                MemorySegment control = control(message, RightsLayout.HOST.space(descriptors.length), arena);
                RightsLayout.HOST.write(descriptors, control);
            }
            int n;
            do {
                n = (int) SysSocket.sendmsg(socket, message, SysSocket.SEND_NOW, vector.kept());
            } while (n == -Errno.EINTR);
            if (n > 0) {
                vector.advance(n, new ByteBuffer[] {src}, false);
            }
            return n;
        } finally {
            vector.giveBack();
            Reference.reachabilityFence(src);
            Reference.reachabilityFence(to);
        }
    }

    /**
     * Sends bytes of the buffer on a stream, and the descriptors with the first of them.
     *
     * @return as of {@link #send}, and -EAGAIN if there is no room
     */
    public static int sendOnStream(int socket, ByteBuffer src, int[] descriptors) {
        int n = send(socket, src, null, descriptors);
        // NetBSD says EMSGSIZE of a full stream: the room that is left is what it compares the control data with
        // (sosend()). Of control data that would fit no empty one either, poll(2) says that the stream is writable.
        return n == -Errno.EMSGSIZE && !isWritable(socket) ? -Errno.EAGAIN : n;
    }

    private static boolean isWritable(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocate(Poll.SIZE, Integer.BYTES);
            Poll.set(one, 0, socket, Poll.POLLOUT);
            return Poll.poll(one, 1, 0) != 0;
        }
    }

    /**
     * Receives into the buffer, as far as it has room.
     *
     * @param from filled with the sender's address; null if it is not wanted
     * @param descriptors what was passed is added: close-on-exec, the caller's to close
     */
    public static int receive(int socket, ByteBuffer dst, Sockaddr from, PassedDescriptors descriptors) {
        IoVector vector = IoVector.take();
        try (Arena arena = Arena.ofConfined()) {
            vector.fillForDatagram(new ByteBuffer[] {dst}, 0, 1, true);
            boolean hasRoom = dst.hasRemaining();
            if (!hasRoom) {
                // Asked for no byte, macOS and the BSDs return 0 where nothing has come, too: soreceive().
                vector.nameDroppedByte();
            }
            MemorySegment message = message(vector, arena);
            MemorySegment control = control(message, RightsLayout.HOST.space(ROOM), arena);
            int room = (int) control.byteSize();
            int n;
            do {
                CONTROLLEN.set(message, 0, room);
                if (from != null) {
                    NAME.set(message, 0, from.address());
                    from.roomForAddress();
                    NAMELEN.set(message, 0, from.length());
                }
                int flags = SysSocket.RECEIVE_NOW | CLOEXEC.orElse(0);
                n = (int) SysSocket.recvmsg(socket, message, flags, vector.kept());
            } while (n == -Errno.EINTR);
            if (n < 0) {
                return n;
            }
            List<Integer> passed = RightsLayout.HOST.read(control, CONTROLLEN.getUnsigned(message, 0));
            // After the flag as well, which FreeBSD 13.0 takes and does not look at.
            passed.forEach(fd -> Fcntl.fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC));
            descriptors.add(passed, (FLAGS.get(message, 0) & SysSocket.MSG_CTRUNC) != 0);
            if (from != null) {
                from.setLength((int) NAMELEN.getUnsigned(message, 0));
            }
            if (!hasRoom) {
                return 0;
            }
            vector.advance(n, new ByteBuffer[] {dst}, true);
            return n;
        } finally {
            vector.giveBack();
            Reference.reachabilityFence(dst);
            Reference.reachabilityFence(from);
        }
    }

    private static MemorySegment message(IoVector vector, Arena arena) {
        MemorySegment message = arena.allocate(MSGHDR.size(), MSGHDR.alignment());
        IOV.set(message, 0, vector.memory().address());
        IOVLEN.set(message, 0, vector.count());
        return message;
    }

    private static MemorySegment control(MemorySegment message, int bytes, Arena arena) {
        MemorySegment control = arena.allocate(bytes, Long.BYTES);
        CONTROL.set(message, 0, control.address());
        CONTROLLEN.set(message, 0, bytes);
        return control;
    }
}
