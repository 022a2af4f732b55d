package dev.kqueue.internal.libc;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Converts between a {@link Path} and the bytes by which the kernel knows the file.
 *
 * <p>A path of the default file system consists of bytes, and {@link Path#toString()} decodes them with the locale's
 * encoding. That is lossy: in the locale C each byte beyond ASCII becomes a replacement character, and encoding the
 * string again names another file, or none. {@link Path#toUri()} shows the bytes themselves, percent-encoded, and a
 * path that is made of such a URI has them again.
 */
public final class PathBytes {
    private PathBytes() {}

    /** The encoding of the locale, in which java.nio.file shows names and the C library writes them. */
    static final Charset LOCALE = Charset.forName(System.getProperty("sun.jnu.encoding"), Charset.defaultCharset());

    private static final String SCHEME = "file";

    /**
     * The bytes of a path, without a zero at the end. A relative path stays relative, an empty one empty.
     *
     * @throws UnsupportedOperationException if the path is of another file system than the default one, whose names the
     *     kernel does not know
     */
    public static byte[] of(Path path) {
        check(path);
        String text = path.toString();
        // Such a string is never the result of a replacement, and toUri() looks at the file, which is a system call.
        if (isAscii(text)) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
        URI uri = path.toUri();
        if (!SCHEME.equals(uri.getScheme())) {
            // The default file system has been replaced (-Djava.nio.file.spi.DefaultFileSystemProvider).
            return text.getBytes(LOCALE);
        }
        byte[] absolute = decoded(uri);
        if (path.isAbsolute()) {
            return absolute;
        }
        byte[] directory = decoded(Path.of("").toUri());
        int prefix = directory.length == 1 ? 1 : directory.length + 1;
        return Arrays.copyOfRange(absolute, prefix, absolute.length);
    }

    /** Why the kernel cannot open the file of a path: a sentence that names the path; null if it can. */
    public static String refusal(Path path) {
        FileSystem system = path.getFileSystem();
        return system.equals(FileSystems.getDefault())
                ? null
                : path
                        + " is a path of the file system "
                        + system
                        + " ("
                        + system.provider().getScheme()
                        + "), not of the default file system: the kernel does not know its file";
    }

    /**
     * Refuses a path whose file the kernel cannot open.
     *
     * @throws UnsupportedOperationException if {@link #refusal} has a reason
     */
    public static void check(Path path) {
        String refusal = refusal(path);
        if (refusal != null) {
            throw new UnsupportedOperationException(refusal);
        }
    }

    /** The path of such bytes; the opposite of {@link #of}. There must be no zero among them. */
    public static Path path(byte[] bytes) {
        String text = new String(bytes, LOCALE);
        if (Arrays.equals(text.getBytes(LOCALE), bytes)) {
            return Path.of(text);
        }
        boolean absolute = bytes[0] == '/';
        Path base = Path.of(absolute ? "/" : "").toAbsolutePath();
        StringBuilder uri = new StringBuilder(base.toUri().toString());
        if (uri.charAt(uri.length() - 1) != '/') {
            uri.append('/');
        }
        // Two slashes stand for one, as in Path.of.
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '/') {
                uri.append('%').append(String.format("%02X", bytes[i]));
            } else if (i > 0 && bytes[i - 1] != '/') {
                uri.append('/');
            }
        }
        Path path = Path.of(URI.create(uri.toString()));
        return absolute ? path : path.subpath(base.getNameCount(), path.getNameCount());
    }

    /** The path as C takes it, with a zero at its end. */
    static MemorySegment allocate(Path path, Arena arena) {
        byte[] bytes = of(path);
        // java.nio.file takes the empty path for the current directory; the kernel takes it for none.
        if (bytes.length == 0) {
            return arena.allocateFrom(".");
        }
        MemorySegment string = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, string, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return string;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    /**
     * The bytes that the path of a URI stands for; toUri() ends that of a directory with a slash, which is left out.
     */
    private static byte[] decoded(URI uri) {
        String raw = uri.getRawPath();
        int length = raw.length() > 1 && raw.endsWith("/") ? raw.length() - 1 : raw.length();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(length);
        for (int i = 0; i < length; i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}
