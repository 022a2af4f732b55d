package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code <gnu/libc-version.h>}. */
final class GnuLibcVersion {
    private GnuLibcVersion() {}

    private static final MethodHandle VERSION =
            CLibrary.function("gnu_get_libc_version", FunctionDescriptor.of(ADDRESS));

    /** {@code const char *gnu_get_libc_version(void)}; null if it is another C library. */
    @SuppressWarnings("restricted")
    static String find() {
        if (!CLibrary.has("gnu_get_libc_version")) {
            return null;
        }
        try {
            MemorySegment version = (MemorySegment) VERSION.invokeExact(CLibrary.errno());
            return version.reinterpret(64).getString(0);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
