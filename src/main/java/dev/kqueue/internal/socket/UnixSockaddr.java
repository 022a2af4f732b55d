package dev.kqueue.internal.socket;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.PathBytes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;

/** Turns a {@link UnixDomainSocketAddress} into a {@code struct sockaddr_un} and back, in the layout of one system. */
record UnixSockaddr(int family, int size, Field length, Field familyField, Field path) {
    static final UnixSockaddr HOST = of(Abi.HOST);

    /** The address of a socket that has none. */
    static final UnixDomainSocketAddress UNNAMED = UnixDomainSocketAddress.of("");

    static UnixSockaddr of(Abi abi) {
        Struct struct = abi.struct("sockaddr_un");
        return new UnixSockaddr(
                abi.constant("AF_UNIX"),
                struct.size(),
                struct.find("sun_len").orElse(null),
                struct.field("sun_family"),
                struct.field("sun_path"));
    }

    /** Writes the address; returns its length. */
    int encode(UnixDomainSocketAddress address, MemorySegment memory) throws SocketException {
        byte[] bytes = PathBytes.of(address.getPath());
        // One byte is for the zero at the end: systems differ in whether they can do without.
        if (bytes.length >= path.size()) {
            throw new SocketException(
                    "Unix domain path too long: " + bytes.length + " bytes, at most " + (path.size() - 1) + " here");
        }
        memory.asSlice(0, size).fill((byte) 0);
        familyField.set(memory, 0, family);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, path.offset(), bytes.length);
        int used = path.offset() + bytes.length + 1;
        if (length != null) {
            length.set(memory, 0, used);
        }
        return used;
    }

    /** Reads an address of so many bytes. What has no name in the file system is unnamed. */
    UnixDomainSocketAddress decode(MemorySegment memory, int bytes) {
        int end = path.offset();
        // Some systems count the zero at the end, some do not, and some return the length of the whole structure.
        while (end < bytes && end < size && memory.get(ValueLayout.JAVA_BYTE, end) != 0) {
            end++;
        }
        byte[] name = memory.asSlice(path.offset(), end - path.offset()).toArray(ValueLayout.JAVA_BYTE);
        return name.length == 0 ? UNNAMED : UnixDomainSocketAddress.of(PathBytes.path(name));
    }
}
