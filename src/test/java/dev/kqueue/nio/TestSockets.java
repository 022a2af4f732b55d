package dev.kqueue.nio;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Two connected sockets by their numbers, for tests below the channels. */
public record TestSockets(int a, int b) implements AutoCloseable {
    public static TestSockets open(int type) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sv = arena.allocate(ValueLayout.JAVA_INT, 2);
            int result = SysSocket.socketpair(SysSocket.AF_UNIX, type, 0, sv);
            if (result < 0) {
                throw Errno.exception(-result, "socketpair");
            }
            return new TestSockets(sv.getAtIndex(ValueLayout.JAVA_INT, 0), sv.getAtIndex(ValueLayout.JAVA_INT, 1));
        }
    }

    @Override
    public void close() {
        Unistd.close(a);
        Unistd.close(b);
    }
}
