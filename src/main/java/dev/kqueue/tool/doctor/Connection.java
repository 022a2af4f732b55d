package dev.kqueue.tool.doctor;

import static dev.kqueue.tool.doctor.DescriptorPair.checked;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A TCP connection over the loopback interface, as two descriptors. */
public final class Connection {
    private static final Struct SOCKADDR_IN = Abi.HOST.struct("sockaddr_in");
    private static final Field FAMILY = SOCKADDR_IN.field("sin_family");
    private static final Field ADDRESS = SOCKADDR_IN.field("sin_addr");

    private Connection() {}

    static DescriptorPair open() throws IOException {
        int listener = checked(SysSocket.socket(SysSocket.AF_INET, SysSocket.SOCK_STREAM, 0), "socket");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = loopback(arena);
            MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
            length.set(ValueLayout.JAVA_INT, 0, SOCKADDR_IN.size());
            checked(SysSocket.bind(listener, address, SOCKADDR_IN.size()), "bind");
            checked(SysSocket.listen(listener, 1), "listen");
            checked(SysSocket.getsockname(listener, address, length), "getsockname");
            int client = checked(SysSocket.socket(SysSocket.AF_INET, SysSocket.SOCK_STREAM, 0), "socket");
            try {
                int begun = SysSocket.connect(client, address, SOCKADDR_IN.size());
                if (begun != -Errno.EINPROGRESS) {
                    checked(begun, "connect");
                }
                await(listener, Poll.POLLIN, arena);
                int accepted = checked(SysSocket.accept(listener, MemorySegment.NULL, MemorySegment.NULL), "accept");
                return new DescriptorPair(accepted, client);
            } catch (IOException | RuntimeException failure) {
                Unistd.close(client);
                throw failure;
            }
        } finally {
            Unistd.close(listener);
        }
    }

    private static MemorySegment loopback(Arena arena) {
        MemorySegment address = arena.allocate(SOCKADDR_IN.size(), SOCKADDR_IN.alignment());
        SOCKADDR_IN.find("sin_len").ifPresent(length -> length.set(address, 0, SOCKADDR_IN.size()));
        FAMILY.set(address, 0, SysSocket.AF_INET);
        byte[] localhost = {127, 0, 0, 1};
        MemorySegment.copy(MemorySegment.ofArray(localhost), 0, address, ADDRESS.offset(), localhost.length);
        return address;
    }

    private static void await(int fd, short events, Arena arena) throws IOException {
        MemorySegment pollfd = arena.allocate(Poll.SIZE, Integer.BYTES);
        Poll.set(pollfd, 0, fd, events);
        int ready = checked(Poll.poll(pollfd, 1, (int) Expectation.PATIENCE.toMillis()), "poll");
        Expectation.require(ready == 1, "a connection over the loopback interface is not made");
    }
}
