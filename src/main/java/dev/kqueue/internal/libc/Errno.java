package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** {@code <errno.h>}: the numbers that code tells apart, and the one place that turns an errno into an exception. */
public final class Errno {
    private Errno() {}

    public static final int EPERM = Abi.HOST.constant("EPERM");
    public static final int ENOENT = Abi.HOST.constant("ENOENT");
    public static final int ESRCH = Abi.HOST.constant("ESRCH");
    public static final int EIO = Abi.HOST.constant("EIO");
    public static final int ENXIO = Abi.HOST.constant("ENXIO");
    public static final int EINTR = Abi.HOST.constant("EINTR");
    public static final int EBADF = Abi.HOST.constant("EBADF");
    public static final int ENOMEM = Abi.HOST.constant("ENOMEM");
    public static final int EACCES = Abi.HOST.constant("EACCES");
    public static final int EFAULT = Abi.HOST.constant("EFAULT");
    public static final int EEXIST = Abi.HOST.constant("EEXIST");
    public static final int ENOTDIR = Abi.HOST.constant("ENOTDIR");
    public static final int ELOOP = Abi.HOST.constant("ELOOP");
    public static final int EINVAL = Abi.HOST.constant("EINVAL");
    public static final int ENFILE = Abi.HOST.constant("ENFILE");
    public static final int EMFILE = Abi.HOST.constant("EMFILE");
    public static final int ENOSPC = Abi.HOST.constant("ENOSPC");
    public static final int ENOSYS = Abi.HOST.constant("ENOSYS");
    public static final int EBUSY = Abi.HOST.constant("EBUSY");
    public static final int EPIPE = Abi.HOST.constant("EPIPE");
    public static final int EAGAIN = Abi.HOST.constant("EAGAIN");
    public static final int EINPROGRESS = Abi.HOST.constant("EINPROGRESS");
    public static final int EALREADY = Abi.HOST.constant("EALREADY");
    public static final int ENOTSOCK = Abi.HOST.constant("ENOTSOCK");
    public static final int EMSGSIZE = Abi.HOST.constant("EMSGSIZE");
    public static final int EPROTO = Abi.HOST.constant("EPROTO");
    public static final int ENOPROTOOPT = Abi.HOST.constant("ENOPROTOOPT");
    public static final int EOPNOTSUPP = Abi.HOST.constant("EOPNOTSUPP");

    /** The same number as EOPNOTSUPP on Linux, FreeBSD and DragonFly, another one on macOS, NetBSD and OpenBSD. */
    public static final int ENOTSUP = Abi.HOST.constant("ENOTSUP");

    public static final int EAFNOSUPPORT = Abi.HOST.constant("EAFNOSUPPORT");
    public static final int EADDRINUSE = Abi.HOST.constant("EADDRINUSE");
    public static final int EADDRNOTAVAIL = Abi.HOST.constant("EADDRNOTAVAIL");
    public static final int ECONNABORTED = Abi.HOST.constant("ECONNABORTED");
    public static final int ECONNRESET = Abi.HOST.constant("ECONNRESET");
    public static final int ENOBUFS = Abi.HOST.constant("ENOBUFS");
    public static final int EISCONN = Abi.HOST.constant("EISCONN");
    public static final int ENOTCONN = Abi.HOST.constant("ENOTCONN");
    public static final int ETIMEDOUT = Abi.HOST.constant("ETIMEDOUT");
    public static final int ECONNREFUSED = Abi.HOST.constant("ECONNREFUSED");
    public static final int EHOSTUNREACH = Abi.HOST.constant("EHOSTUNREACH");

    private static final CFunction STRERROR = CFunction.of("strerror");

    /** {@code char *strerror(int errnum)}: what the system calls the error. */
    @SuppressWarnings("restricted")
    public static String strerror(int errno) {
        return MemorySegment.ofAddress(STRERROR.callLong(errno, 0, 0)).reinterpret(256).getString(0);
    }

    /** The C name, {@code EAGAIN}, or the number where the tables have no name for it. */
    public static String name(int errno) {
        return Abi.HOST.constants().stream()
                .filter(
                        name ->
                                name.startsWith("E")
                                        && !name.startsWith("EV")
                                        && !name.startsWith("EPOLL")
                                        && !name.startsWith("EFD"))
                .filter(name -> Abi.HOST.constant(name) == errno)
                // EAGAIN and EWOULDBLOCK are one number: the shorter name is the one that manuals use
                .min((a, b) -> a.length() != b.length() ? a.length() - b.length() : a.compareTo(b))
                .orElse("errno " + errno);
    }

    /**
     * The failure of an operation on an open descriptor: an IOException with the system's own words. Of a write to a
     * connection that the peer has reset these are {@code Connection reset by peer}, by which programs know it.
     */
    public static IOException exception(int errno) {
        return new IOException(strerror(errno));
    }

    /** The failure of a read from an open descriptor: as {@link #exception(int)}, but java.net has its own reset. */
    public static IOException readException(int errno) {
        return errno == ECONNRESET ? new SocketException("Connection reset") : exception(errno);
    }

    /**
     * As {@link #exception(int)}, with the call and the errno's name, for calls whose name helps: limits,
     * registrations. But not if descriptors are what is lacking, of whatever call: that is told in the system's words
     * alone, as the JDK tells it, and programs compare them.
     */
    public static IOException exception(int errno, String call) {
        if (errno == EMFILE || errno == ENFILE) {
            return exception(errno);
        }
        return new IOException(call + ": " + strerror(errno) + " (" + name(errno) + ")");
    }

    /**
     * The failure of socket(2), bind(2), connect(2), listen(2), an option: the subclass of SocketException that
     * java.net has for it.
     */
    public static IOException socketException(int errno) {
        String text = strerror(errno);
        if (errno == ECONNREFUSED || errno == ETIMEDOUT || errno == ENOTCONN || errno == EINPROGRESS) {
            return new ConnectException(text);
        }
        if (errno == EHOSTUNREACH) {
            return new NoRouteToHostException(text);
        }
        if (errno == EADDRINUSE || errno == EADDRNOTAVAIL || errno == EACCES || errno == EPERM) {
            return new BindException(text);
        }
        if (errno == EPROTO) {
            return new ProtocolException(text);
        }
        return new SocketException(text);
    }

    /** The failure of a call with a path: the subclass of FileSystemException that java.nio.file has for it. */
    public static FileSystemException fileException(int errno, String path) {
        if (errno == ENOENT) {
            return new NoSuchFileException(path);
        }
        if (errno == EACCES || errno == EPERM) {
            return new AccessDeniedException(path);
        }
        if (errno == ENXIO || errno == EOPNOTSUPP) {
            // Linux says the one of a socket, the BSDs the other; strerror(3) of either names no file.
            return new FileSystemException(
                    path, null, "a socket, or a device that is not there, cannot be opened: " + strerror(errno));
        }
        return new FileSystemException(path, null, strerror(errno));
    }
}
