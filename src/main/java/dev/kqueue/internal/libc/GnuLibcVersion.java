package dev.kqueue.internal.libc;

import java.lang.foreign.MemorySegment;

/** {@code <gnu/libc-version.h>}. */
final class GnuLibcVersion {
    private GnuLibcVersion() {}

    private static final CFunction VERSION = CFunction.of("gnu_get_libc_version");

    /** {@code const char *gnu_get_libc_version(void)}; null if it is another C library. */
    @SuppressWarnings("restricted")
    static String find() {
        return CLibrary.has("gnu_get_libc_version")
                ? MemorySegment.ofAddress(VERSION.callLong(0, 0, 0)).reinterpret(64).getString(0)
                : null;
    }
}
