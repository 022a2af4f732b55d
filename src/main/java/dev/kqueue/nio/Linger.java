package dev.kqueue.nio;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.SysSocket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.StandardSocketOptions;

/** SO_LINGER: seconds in {@code struct linger}; negative is off. */
final class Linger extends SockOpt<Integer> {
    private static final Struct LINGER = Abi.HOST.struct("linger");
    private static final Field L_ONOFF = LINGER.field("l_onoff");
    private static final Field L_LINGER = LINGER.field("l_linger");

    /** What java.net takes for the most: some systems keep the seconds in a short. */
    private static final int MAX = 65535;

    Linger() {
        super(StandardSocketOptions.SO_LINGER);
    }

    @Override
    Integer get(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment linger = arena.allocate(LINGER.size(), LINGER.alignment());
            MemorySegment length = arena.allocateFrom(JAVA_INT, LINGER.size());
            checked(SysSocket.getsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_LINGER, linger, length));
            return L_ONOFF.get(linger, 0) == 0 ? -1 : (int) L_LINGER.get(linger, 0);
        }
    }

    @Override
    void set(int fd, Integer value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment linger = arena.allocate(LINGER.size(), LINGER.alignment());
            L_ONOFF.set(linger, 0, value < 0 ? 0 : 1);
            L_LINGER.set(linger, 0, Math.clamp(value, 0, MAX));
            checked(SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_LINGER, linger, LINGER.size()));
        }
    }
}
