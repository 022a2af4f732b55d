package dev.kqueue.internal.socket;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.SysSocket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory for one {@code struct sockaddr} of any family, and for the {@code socklen_t} that calls take and give
 * beside it. A frequent caller keeps one (a listener, a datagram channel), and guards it with its own lock.
 */
public final class Sockaddr {
    private static final Struct STORAGE = Abi.HOST.struct("sockaddr_storage");
    private static final Field FAMILY = STORAGE.field("ss_family");

    private final MemorySegment memory;
    private final MemorySegment length;

    /** In memory of the garbage collector's. */
    public Sockaddr() {
        this(Arena.ofAuto());
    }

    public Sockaddr(Arena arena) {
        memory = arena.allocate(STORAGE.size() + SysSocket.SOCKLEN_SIZE, STORAGE.alignment());
        length = memory.asSlice(STORAGE.size(), SysSocket.SOCKLEN_SIZE);
    }

    /** The address. */
    MemorySegment memory() {
        return memory;
    }

    /** AF_INET or another. */
    int family() {
        return (int) FAMILY.getUnsigned(memory, 0);
    }

    /** The {@code socklen_t}: set to all the room there is, as a call that fills in an address wants it. */
    public MemorySegment roomForAddress() {
        setLength(STORAGE.size());
        return length;
    }

    /** How much of the memory is the address: what a call gave, or what was set. */
    public int length() {
        return length.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    }

    public void setLength(int bytes) {
        length.set(ValueLayout.JAVA_INT_UNALIGNED, 0, bytes);
    }

    /** {@link #memory}, for calls that take it by address; the caller keeps this object reachable. */
    public long address() {
        return memory.address();
    }

    /** {@link #roomForAddress}, for calls that take it by address; the caller keeps this object reachable. */
    public long roomByAddress() {
        return roomForAddress().address();
    }

    /** Whether both hold the same address, byte for byte. */
    public boolean isSame(Sockaddr other) {
        int bytes = length();
        return bytes == other.length() && MemorySegment.mismatch(memory, 0, bytes, other.memory, 0, bytes) < 0;
    }

    public void copyFrom(Sockaddr other) {
        MemorySegment.copy(other.memory, 0, memory, 0, other.length());
        setLength(other.length());
    }
}
