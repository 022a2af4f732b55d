package dev.kqueue.nio;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Opens a path for {@link FdChannel#open(Path, OpenOption...)}: which flags open(2) is given, and what its errors mean.
 */
final class OpenedPath {
    /**
     * O_NONBLOCK: opening a FIFO or a serial line would wait for the other side. O_NOCTTY: a terminal must not become
     * that of a JVM which has none.
     */
    private static final int FLAGS = Fcntl.O_NONBLOCK | Fcntl.O_NOCTTY | Fcntl.O_CLOEXEC;

    private OpenedPath() {}

    /** The descriptor: the caller's to close. */
    static int open(Path path, OpenOption... options) throws IOException {
        int flags = FLAGS | flags(options);
        int fd;
        do {
            fd = Fcntl.open(path, flags, 0);
        } while (fd == -Errno.EINTR);
        if (fd == -Errno.ENXIO) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "a FIFO that no process has open for reading, a socket, or a device that is not there (ENXIO)");
        }
        if (fd < 0) {
            throw Errno.fileException(-fd, path.toString());
        }
        return fd;
    }

    private static int flags(OpenOption... options) {
        boolean read = false;
        boolean write = false;
        boolean append = false;
        for (OpenOption option : options) {
            switch (option) {
                case StandardOpenOption.READ -> read = true;
                case StandardOpenOption.WRITE -> write = true;
                case StandardOpenOption.APPEND -> append = true;
                case null -> throw new NullPointerException("an option is null");
                default ->
                        throw new UnsupportedOperationException(
                                option + " is not for what an FdChannel opens: READ, WRITE and APPEND are");
            }
        }
        int mode = !(write || append) ? Fcntl.O_RDONLY : read ? Fcntl.O_RDWR : Fcntl.O_WRONLY;
        return append ? mode | Fcntl.O_APPEND : mode;
    }
}
