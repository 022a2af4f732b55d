package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code <dlfcn.h>}. */
public final class Dlfcn {
    private Dlfcn() {}

    private static final boolean PRESENT = CLibrary.has("dladdr");
    private static final CFunction DLADDR = CFunction.of("dladdr");

    /** {@code Dl_info} begins with the path of the object, and is four pointers long. */
    private static final int SIZE = 4 * Long.BYTES;

    /** The file that the code at an address comes from, by dladdr(3); empty if that is not known. */
    @SuppressWarnings("restricted")
    public static String fileOf(long address) {
        if (!PRESENT) {
            return "";
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIZE, Long.BYTES);
            if (DLADDR.callInt(address, info.address()) == 0) {
                return "";
            }
            MemorySegment path = info.get(ADDRESS, 0);
            return path.equals(MemorySegment.NULL) ? "" : path.reinterpret(Long.MAX_VALUE).getString(0);
        }
    }
}
