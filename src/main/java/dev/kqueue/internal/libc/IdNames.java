package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * getpwuid_r(3) and getgrgid_r(3): both fill a structure that begins, on every system, with a pointer to the name, and
 * keep the name in memory that is handed over beside it.
 */
final class IdNames {
    private IdNames() {}

    private static final int ERANGE = Abi.HOST.constant("ERANGE");

    /** More than struct passwd and struct group take anywhere. */
    private static final int STRUCTURE = 256;

    private static final int FIRST_ROOM = 1024;
    private static final int MOST_ROOM = 1024 * 1024;

    /** The name of a number, or null. */
    static String find(CFunction function, int id) {
        int room = FIRST_ROOM;
        while (true) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment structure = arena.allocate(STRUCTURE, 8);
                MemorySegment strings = arena.allocate(room);
                MemorySegment result = arena.allocate(ADDRESS);
                // The errno itself, not -1: these functions return it.
                int error =
                        function.callInt(
                                id, structure.address(), strings.address(), strings.byteSize(), result.address());
                if (error == 0) {
                    boolean found = result.get(ADDRESS, 0).address() != 0;
                    return found ? name(structure) : null;
                }
                // Any other error is that of a directory service, without which there is no name.
                if (error != ERANGE || room >= MOST_ROOM) {
                    return null;
                }
                room *= 4;
            }
        }
    }

    @SuppressWarnings("restricted")
    private static String name(MemorySegment structure) {
        return structure.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0, PathBytes.LOCALE);
    }
}
