package dev.kqueue.internal.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.Charset;

/** How the C library and the JVM write the names of files: the encoding that java.nio.file uses for them, too. */
public final class PathCharset {
    private PathCharset() {}

    public static final Charset CHARSET =
            Charset.forName(System.getProperty("sun.jnu.encoding"), Charset.defaultCharset());

    /** A path as C takes it, with a zero at its end. */
    static MemorySegment allocate(String path, Arena arena) {
        return arena.allocateFrom(path, CHARSET);
    }
}
