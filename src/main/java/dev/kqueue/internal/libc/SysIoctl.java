package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code <sys/ioctl.h>}. */
public final class SysIoctl {
    private SysIoctl() {}

    /** How many bytes can be read; EINVAL of a listening socket. */
    public static final int FIONREAD = Abi.HOST.constant("FIONREAD");

    /** How many bytes are in the output queue of a socket (where it is also called SIOCOUTQ) or a terminal. */
    public static final int TIOCOUTQ = Abi.HOST.constant("TIOCOUTQ");

    /** The request is unsigned long but on musl, where it is int: a full register carries either. */
    private static final MethodHandle IOCTL =
            CLibrary.function(
                    "ioctl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                    Linker.Option.firstVariadicArg(2));

    /** {@code int ioctl(int fd, unsigned long request, void *argument)}; argument is native memory. */
    public static int ioctl(int fd, long request, MemorySegment argument) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) IOCTL.invokeExact(errno, fd, request, argument), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
