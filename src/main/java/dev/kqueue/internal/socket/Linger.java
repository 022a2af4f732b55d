package dev.kqueue.internal.socket;

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
public final class Linger extends SockOpt<Integer> {
    private static final Struct LINGER = Abi.HOST.struct("linger");
    private static final Field L_ONOFF = LINGER.field("l_onoff");
    private static final Field L_LINGER = LINGER.field("l_linger");

    /**
     * The longest time that java.net allows: some systems keep the seconds in a short. macOS keeps ticks of 1/100 s in
     * one, sosetoptlock(): more than these seconds would become any number.
     */
    private static final int MAX = Abi.HOST.isDefined("SO_LINGER_SEC") ? Short.MAX_VALUE / 100 : 65535;

    /** A number that was kept in a short comes back as a negative one if it is large: FreeBSD, seen. */
    private static final int KEPT = 0xffff;

    /** It is switched off: close(2) does not wait, and sends what there is in its own time. */
    static final int OFF = -1;

    Linger() {
        super(StandardSocketOptions.SO_LINGER);
    }

    @Override
    Integer get(int fd) throws IOException {
        int seconds = seconds(fd);
        if (seconds < OFF) {
            checked(seconds - OFF);
        }
        return seconds;
    }

    @Override
    void set(int fd, Integer value) throws IOException {
        checked(setSeconds(fd, value));
    }

    /** The seconds, {@link #OFF}, or OFF - errno: for one who closes, and can do nothing about a failure. */
    public static int seconds(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment linger = arena.allocate(LINGER.size(), LINGER.alignment());
            MemorySegment length = arena.allocateFrom(JAVA_INT, LINGER.size());
            int result = SysSocket.getsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_LINGER, linger, length);
            if (result < 0) {
                return OFF + result;
            }
            return L_ONOFF.get(linger, 0) == 0 ? OFF : (int) L_LINGER.get(linger, 0) & KEPT;
        }
    }

    /** setsockopt(2): 0 or -errno. */
    public static int setSeconds(int fd, int seconds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment linger = arena.allocate(LINGER.size(), LINGER.alignment());
            L_ONOFF.set(linger, 0, seconds < 0 ? 0 : 1);
            L_LINGER.set(linger, 0, Math.clamp(seconds, 0, MAX));
            return SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_LINGER, linger, LINGER.size());
        }
    }
}
