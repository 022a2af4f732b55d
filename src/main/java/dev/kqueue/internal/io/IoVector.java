package dev.kqueue.internal.io;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.KeptArenas;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.SysUio;
import dev.kqueue.internal.thread.Pool;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * An array of {@code struct iovec} for one system call over several buffers. Direct buffers are named by address; if
 * their arenas can be closed, {@link #kept} keeps them open during the call. Heap buffers cannot be, for an address
 * inside an array holds only during a call that is handed the array itself; they pass through a small memory beside it.
 * So a header and a body stay one call, and one packet, whatever they lie in.
 *
 * <p>Taken and given back around each call: there are never more than threads in such calls at one time.
 */
public final class IoVector {
    /**
     * How much of heap buffers passes through memory in one call. More in a single buffer goes without a copy, in a
     * call of its own: copying 64 KiB costs about what the call does.
     */
    static final int SCRATCH = 64 * 1024;

    /** More than a datagram can hold: 64 KiB of UDP's, what socket buffers hold of Unix-domain ones. */
    private static final int MAX_DATAGRAM = 4 * 1024 * 1024;

    private static final Struct IOVEC = Abi.HOST.struct("iovec");
    private static final int SIZE = IOVEC.size();
    private static final Field IOV_BASE = IOVEC.field("iov_base");
    private static final Field IOV_LEN = IOVEC.field("iov_len");

    private static final Pool<IoVector> SPARES = new Pool<>(IoVector::new);

    private static final Struct MSGHDR = Abi.HOST.struct("msghdr");
    private static final Field MSG_IOV = MSGHDR.field("msg_iov");
    private static final Field MSG_IOVLEN = MSGHDR.field("msg_iovlen");

    private final MemorySegment iov;

    /** A message of nothing but the vectors, for recvmsg(2) and sendmsg(2). */
    private final MemorySegment message = Arena.ofAuto().allocate(MSGHDR.size(), MSGHDR.alignment());

    /** Which buffer an element is of. */
    private final int[] index = new int[SysUio.IOV_MAX];

    private final KeptArenas kept = new KeptArenas();

    /** Whether buffers were left out because they are of too many arenas. */
    private boolean outOfArenas;

    private MemorySegment scratch;
    private int count;
    private long total;

    /** How much of {@link #scratch} is in use. */
    private int copied;

    private IoVector() {
        iov = Arena.ofAuto().allocate((long) SysUio.IOV_MAX * SIZE, IOVEC.alignment());
        scratch = Arena.ofAuto().allocate(SCRATCH);
        MSG_IOV.set(message, 0, iov.address());
    }

    public static IoVector take() {
        return SPARES.take();
    }

    public void giveBack() {
        kept.clear();
        if (scratch.byteSize() > SCRATCH) {
            scratch = Arena.ofAuto().allocate(SCRATCH);
        }
        SPARES.giveBack(this);
    }

    /** The array, for the system call; it has {@link #count} elements. */
    MemorySegment memory() {
        return iov;
    }

    int count() {
        return count;
    }

    /** The arenas of the buffers that can be closed: to be kept open during the system call. */
    KeptArenas kept() {
        return kept;
    }

    /**
     * Makes one call: readv(2) or writev(2), for a socket recvmsg(2) or sendmsg(2) with the flags. Advances the
     * positions of the buffers that were named, and brings into the heap what belongs there.
     *
     * @return what was moved, 0 at the end of a stream, or -errno
     */
    public long move(boolean socket, int fd, int flags, ByteBuffer[] buffers, boolean receives) {
        try {
            long n;
            if (socket) {
                MSG_IOVLEN.set(message, 0, count);
                n =
                        receives
                                ? SysSocket.recvmsg(fd, message, flags, kept)
                                : SysSocket.sendmsg(fd, message, flags, kept);
            } else {
                n = receives ? SysUio.readv(fd, iov, count, kept) : SysUio.writev(fd, iov, count, kept);
            }
            advance(n, buffers, receives);
            return n;
        } finally {
            Reference.reachabilityFence(buffers);
        }
    }

    /** As {@link #move}, but never waits, and never returns -EINTR: such a call is made again. */
    long moveNow(boolean socket, int fd, ByteBuffer[] buffers, boolean receives) {
        long n;
        do {
            n = move(socket, fd, receives ? SysSocket.RECEIVE_NOW : SysSocket.SEND_NOW, buffers, receives);
        } while (n == -Errno.EINTR);
        return n;
    }

    /** How many bytes the elements name together. */
    long total() {
        return total;
    }

    /** Names the room in buffers, or the bytes that are to be sent, as far as one call can. */
    public void fill(ByteBuffer[] buffers, int from, int to, boolean receives) {
        count = 0;
        total = 0;
        copied = 0;
        kept.clear();
        outOfArenas = false;
        for (int i = from; i < to && count < SysUio.IOV_MAX; i++) {
            ByteBuffer buffer = buffers[i];
            int remaining = buffer.remaining();
            if (remaining == 0) {
                // As the JDK: one of a closed arena is not right even if nothing is to be done with it.
                DirectAddresses.requireUsable(buffer);
                continue;
            }
            // macOS and the BSDs refuse a sum above INT_MAX.
            int wanted = (int) Math.min(remaining, Integer.MAX_VALUE - total);
            index[count] = i;
            int named = name(buffer, wanted, receives);
            if (named < remaining) {
                return;
            }
        }
    }

    private int name(ByteBuffer buffer, int wanted, boolean receives) {
        if (buffer.isDirect()) {
            long base = DirectAddresses.once(buffer);
            if (base != DirectAddresses.NONE) {
                add(base + buffer.position(), wanted);
                return wanted;
            }
            MemorySegment segment = MemorySegment.ofBuffer(buffer);
            if (!kept.add(segment)) {
                outOfArenas = true;
                return 0;
            }
            add(segment.address(), wanted);
            return wanted;
        }
        int named = Math.min(wanted, (int) scratch.byteSize() - copied);
        if (named > 0) {
            if (!receives) {
                MemorySegment.copy(MemorySegment.ofBuffer(buffer), 0, scratch, copied, named);
            }
            add(scratch.address() + copied, named);
            copied += named;
        }
        return named;
    }

    private void add(long address, int length) {
        long base = (long) count * SIZE;
        IOV_BASE.set(iov, base, address);
        IOV_LEN.set(iov, base, length);
        count++;
        total += length;
    }

    /**
     * Names all of the buffers, for a call that must not be cut in two. False if one call cannot take so much, or no
     * datagram could hold it: then only a part is named.
     *
     * @throws IllegalArgumentException if the buffers are of more arenas than one call can keep open
     */
    boolean fillForDatagram(ByteBuffer[] buffers, int from, int to, boolean receives) {
        long wanted = 0;
        long copied = 0;
        for (int i = from; i < to; i++) {
            wanted += buffers[i].remaining();
            copied += buffers[i].isDirect() ? 0 : buffers[i].remaining();
        }
        if (copied > scratch.byteSize()) {
            scratch = Arena.ofAuto().allocate(Math.min(copied, MAX_DATAGRAM));
        }
        fill(buffers, from, to, receives);
        if (outOfArenas) {
            // What these buffers are meant to take would be cut off.
            throw new IllegalArgumentException("a datagram of buffers of more than " + KeptArenas.MOST + " arenas");
        }
        return total == wanted;
    }

    /** Names one byte that is in no buffer, after buffers without room: what comes there is dropped. */
    void nameDroppedByte() {
        add(scratch.address(), 1);
    }

    /**
     * Advances the positions by the n bytes that a call has moved, and brings into the heap what was received for it.
     */
    void advance(long n, ByteBuffer[] buffers, boolean receives) {
        long left = n;
        int scratchAt = 0;
        for (int i = 0; left > 0; i++) {
            ByteBuffer buffer = buffers[index[i]];
            int length = (int) IOV_LEN.get(iov, (long) i * SIZE);
            int part = (int) Math.min(left, length);
            // Less than part only in a buffer that the list holds twice.
            int room = Math.min(part, buffer.remaining());
            if (IOV_BASE.get(iov, (long) i * SIZE) == scratch.address() + scratchAt) {
                if (receives) {
                    MemorySegment.copy(scratch, scratchAt, MemorySegment.ofBuffer(buffer), 0, room);
                }
                scratchAt += length;
            }
            buffer.position(buffer.position() + room);
            left -= part;
        }
    }
}
