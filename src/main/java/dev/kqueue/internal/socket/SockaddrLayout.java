package dev.kqueue.internal.socket;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where {@code struct sockaddr_in} or {@code struct sockaddr_in6} keeps what an address is made of. A record, because
 * the JIT trusts the fields of records to be constant.
 *
 * @param family AF_INET or AF_INET6
 * @param size sizeof
 * @param length sin_len, which the BSDs and macOS have; null elsewhere
 * @param scope sin6_scope_id; null in sockaddr_in
 */
record SockaddrLayout(int family, int size, Field length, Field familyField, Field port, Field address, Field scope) {
    static SockaddrLayout in(Abi abi) {
        return of(abi.constant("AF_INET"), abi.struct("sockaddr_in"), "sin_");
    }

    static SockaddrLayout in6(Abi abi) {
        return of(abi.constant("AF_INET6"), abi.struct("sockaddr_in6"), "sin6_");
    }

    private static SockaddrLayout of(int family, Struct struct, String prefix) {
        return new SockaddrLayout(
                family,
                struct.size(),
                struct.find(prefix + "len").orElse(null),
                struct.field(prefix + "family"),
                struct.field(prefix + "port"),
                struct.field(prefix + "addr"),
                struct.find(prefix + "scope_id").orElse(null));
    }

    /** Writes everything but the address's own bytes, padding and flowinfo included. */
    void prepare(MemorySegment memory, int portNumber, int scopeId) {
        memory.asSlice(0, size).fill((byte) 0);
        if (length != null) {
            length.set(memory, 0, size);
        }
        familyField.set(memory, 0, family);
        // In network order, whatever the host's is.
        memory.set(ValueLayout.JAVA_BYTE, port.offset(), (byte) (portNumber >> 8));
        memory.set(ValueLayout.JAVA_BYTE, port.offset() + 1L, (byte) portNumber);
        if (scope != null) {
            scope.set(memory, 0, scopeId);
        }
    }

    void setBytes(MemorySegment memory, int at, byte[] bytes) {
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, address.offset() + (long) at, bytes.length);
    }

    void setByte(MemorySegment memory, int at, int value) {
        memory.set(ValueLayout.JAVA_BYTE, address.offset() + (long) at, (byte) value);
    }

    byte[] bytes(MemorySegment memory, int at, int count) {
        byte[] bytes = new byte[count];
        MemorySegment.copy(memory, address.offset() + (long) at, MemorySegment.ofArray(bytes), 0, count);
        return bytes;
    }

    int unsignedByte(MemorySegment memory, int at) {
        return memory.get(ValueLayout.JAVA_BYTE, address.offset() + (long) at) & 0xff;
    }

    int portNumber(MemorySegment memory) {
        return (memory.get(ValueLayout.JAVA_BYTE, port.offset()) & 0xff) << 8
                | (memory.get(ValueLayout.JAVA_BYTE, port.offset() + 1L) & 0xff);
    }

    int scopeId(MemorySegment memory) {
        return scope == null ? 0 : (int) scope.get(memory, 0);
    }

    int familyOf(MemorySegment memory) {
        return (int) familyField.getUnsigned(memory, 0);
    }
}
