package dev.kqueue;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A file or directory that is open for a kqueue to watch, since {@code EVFILT_VNODE} wants a descriptor and Java shows
 * none. It is opened for reading ({@code O_EVTONLY} on macOS, so that its volume can still be unmounted), symbolic
 * links are followed, and it is the file that is watched, whatever its name becomes.
 *
 * @see <a href="https://man.freebsd.org/open/2">open(2)</a>
 */
public final class OpenFile implements AutoCloseable {
    private static final int FLAGS =
            Abi.HOST.find("O_EVTONLY").orElse(Fcntl.O_RDONLY) | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC;

    private final Path path;
    private final int descriptor;
    private final AtomicBoolean closed = new AtomicBoolean();

    private OpenFile(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /**
     * Opens a file or directory.
     *
     * @param path of the default file system
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws java.nio.file.AccessDeniedException if it may not be read
     * @throws IOException if it cannot be opened for another reason
     * @throws UnsupportedOperationException if the path is of another file system
     */
    public static OpenFile open(Path path) throws IOException {
        int descriptor;
        do {
            descriptor = Fcntl.open(path, FLAGS, 0);
        } while (descriptor == -Errno.EINTR);
        if (descriptor < 0) {
            throw Errno.fileException(-descriptor, path.toString());
        }
        return new OpenFile(path, descriptor);
    }

    /** The path that was opened. */
    public Path path() {
        return path;
    }

    /** The descriptor's number, for {@link KEvent#vnode} and {@link KEvent#read}; of no meaning once this is closed. */
    public int descriptor() {
        return descriptor;
    }

    /**
     * Closes the descriptor. Call {@link KQueue#beforeClose} of every kqueue that watches it first. A second call does
     * nothing.
     */
    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            // The number is free whatever close(2) says, and nothing has been written that could be lost.
            Unistd.close(descriptor);
        }
    }

    @Override
    public String toString() {
        return path + (closed.get() ? " (closed)" : " (descriptor " + descriptor + ")");
    }
}
