package dev.kqueue.internal.socket;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.net.SocketOption;

/** SO_SNDBUF and SO_RCVBUF. */
final class BufferSize extends SockOpt<Integer> {
    /**
     * Whether the system doubles a size that is set, and returns the double: Linux does, to have room for its own
     * bookkeeping (socket(7)). Probed once, when the first size is read.
     */
    private static final class Doubling {
        static final boolean HAPPENS = probe();

        private static boolean probe() {
            int size = 16 * 1024;
            int fd = SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_DGRAM, 0);
            if (fd < 0) {
                return false;
            }
            int result = setInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVBUF, size);
            int told = result < 0 ? result : getInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVBUF);
            Unistd.close(fd);
            return told == 2 * size;
        }
    }

    /** No system's limit is lower. */
    private static final int SMALLEST_LIMIT = 16 * 1024;

    private final int name;

    BufferSize(SocketOption<Integer> option, int name) {
        super(option);
        this.name = name;
    }

    @Override
    Integer get(int fd) throws IOException {
        int size = checked(getInt(fd, SysSocket.SOL_SOCKET, name));
        return Doubling.HAPPENS ? size / 2 : size;
    }

    @Override
    void set(int fd, Integer value) throws IOException {
        if (value < 0) {
            throw new IllegalArgumentException(option.name() + " is negative: " + value);
        }
        // Java calls the size a hint, and Linux takes any number. The BSDs and macOS refuse 0 with EINVAL (sosetopt()),
        // and a size above their limit with ENOBUFS (sbreserve()): then the socket gets nearly the limit.
        int size = Math.max(1, value);
        int result = setInt(fd, SysSocket.SOL_SOCKET, name, size);
        while (result == -Errno.ENOBUFS && size > SMALLEST_LIMIT) {
            size -= size / 8;
            result = setInt(fd, SysSocket.SOL_SOCKET, name, size);
        }
        checked(result);
    }
}
