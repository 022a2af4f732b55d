package dev.kqueue;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A file or directory opened for a kqueue to watch: {@code EVFILT_VNODE} needs a descriptor, and Java's own classes
 * hide theirs.
 *
 * {@snippet :
 * try (WatchedFile file = WatchedFile.open(Path.of("app.log"))) {
 *     queue.apply(KEvent.vnode(file.descriptor(), EV_ADD | EV_CLEAR, NOTE_WRITE | NOTE_DELETE, file));
 *     queue.await(1).forEach(event -> System.out.println(event.udata()));
 *     queue.beforeClose(file.descriptor());
 * }
 * }
 *
 * <p>The file is opened for reading ({@code O_EVTONLY} on macOS, so that its volume can still be unmounted). Symbolic
 * links are followed. A rename does not end the watch: the kernel watches the file, not its name.
 *
 * @see <a href="https://man.freebsd.org/open/2">open(2)</a>
 */
public final class WatchedFile implements AutoCloseable {
    private static final int FLAGS =
            Abi.HOST.find("O_EVTONLY").orElse(Fcntl.O_RDONLY) | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC;

    private final Path path;
    private final int descriptor;
    private final AtomicBoolean closed = new AtomicBoolean();

    private WatchedFile(Path path, int descriptor) {
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
    public static WatchedFile open(Path path) throws IOException {
        int descriptor;
        do {
            descriptor = Fcntl.open(path, FLAGS, 0);
        } while (descriptor == -Errno.EINTR);
        if (descriptor < 0) {
            throw Errno.fileException(-descriptor, path.toString());
        }
        return new WatchedFile(path, descriptor);
    }

    /** The path that was opened. */
    public Path path() {
        return path;
    }

    /**
     * The descriptor's number, for {@link KEvent#vnode} and {@link KEvent#read}. Do not use it after {@link #close}.
     */
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

    /** The path, and the descriptor while it is open. */
    @Override
    public String toString() {
        return path + (closed.get() ? " (closed)" : " (descriptor " + descriptor + ")");
    }
}
