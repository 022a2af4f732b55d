package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code <dlfcn.h>}. */
public final class Dlfcn {
    private Dlfcn() {}

    private static final boolean PRESENT = CLibrary.has("dladdr");
    private static final MethodHandle DLADDR =
            CLibrary.function("dladdr", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS));

    /** {@code Dl_info} begins with the path of the object, and is four pointers long. */
    private static final int SIZE = 4 * Long.BYTES;

    /** The file that the code at an address comes from, by dladdr(3); empty if that is not known. */
    @SuppressWarnings("restricted")
    public static String fileOf(long address) {
        if (!PRESENT) {
            return "";
        }
        MemorySegment errno = CLibrary.errno();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIZE, Long.BYTES);
            if ((int) DLADDR.invokeExact(errno, address, info) == 0) {
                return "";
            }
            MemorySegment path = info.get(ADDRESS, 0);
            return path.equals(MemorySegment.NULL) ? "" : path.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
