package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code <sys/resource.h>}. */
public final class SysResource {
    private SysResource() {}

    /** How many descriptors a process may have, one more than their highest number. */
    public static final int RLIMIT_NOFILE = Abi.HOST.constant("RLIMIT_NOFILE");

    private static final Struct RLIMIT = Abi.HOST.struct("rlimit");
    private static final Field RLIM_CUR = RLIMIT.field("rlim_cur");
    private static final Field RLIM_MAX = RLIMIT.field("rlim_max");

    private static final CFunction GETRLIMIT = CFunction.of("getrlimit");

    /**
     * A limit, as {@code struct rlimit} has it: the numbers are unsigned, and no limit is a very high one.
     *
     * @param soft what holds now
     * @param hard how far the process may raise it
     */
    public record Limit(long soft, long hard) {}

    /** {@code int getrlimit(int resource, struct rlimit *rlim)}; null if it fails, which only a wrong resource does. */
    public static Limit getrlimit(int resource) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rlim = arena.allocate(RLIMIT.size(), RLIMIT.alignment());
            int result = GETRLIMIT.callInt(resource, rlim.address());
            return result < 0 ? null : new Limit(RLIM_CUR.get(rlim, 0), RLIM_MAX.get(rlim, 0));
        }
    }
}
