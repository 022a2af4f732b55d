package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.SendfileForm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** {@code <sys/sendfile.h>} of Linux, a part of {@code <sys/socket.h>} elsewhere. */
public final class SysSendfile {
    private SysSendfile() {}

    private static final Optional<SendfileForm> FORM =
            CLibrary.has("sendfile") ? SendfileForm.of(Abi.HOST) : Optional.empty();

    // Not critical: it may wait for a disk.
    private static final MethodHandle SENDFILE = CLibrary.function("sendfile", type());

    private static FunctionDescriptor type() {
        return switch (FORM.orElse(SendfileForm.OUT_FIRST)) {
            case OUT_FIRST -> FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);
            case COUNT_AND_SENT ->
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_INT);
            case LENGTH_IN_AND_OUT ->
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS, JAVA_INT);
        };
    }

    /** Whether the system has sendfile(2). */
    public static boolean isPresent() {
        return FORM.isPresent();
    }

    /**
     * sendfile(2) to a socket, in one form for all systems.
     *
     * @param count more than 0
     * @return the bytes sent, 0 at the end of the file, or -errno if none was sent
     */
    public static long sendfile(int socket, int file, long offset, long count) {
        assert count > 0 : count;
        MemorySegment errno = CLibrary.errno();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment inOut = arena.allocate(JAVA_LONG);
            return switch (FORM.orElseThrow()) {
                case OUT_FIRST -> {
                    inOut.set(JAVA_LONG, 0, offset);
                    yield CLibrary.result((long) SENDFILE.invokeExact(errno, socket, file, inOut, count), errno);
                }
                case COUNT_AND_SENT -> {
                    MemorySegment none = MemorySegment.NULL;
                    int result = (int) SENDFILE.invokeExact(errno, file, socket, offset, count, none, inOut, 0);
                    yield sent(CLibrary.result(result, errno), inOut);
                }
                case LENGTH_IN_AND_OUT -> {
                    inOut.set(JAVA_LONG, 0, count);
                    MemorySegment none = MemorySegment.NULL;
                    int result = (int) SENDFILE.invokeExact(errno, file, socket, offset, inOut, none, 0);
                    yield sent(CLibrary.result(result, errno), inOut);
                }
            };
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** An errno beside bytes that were sent says why there were not more: the next call will say so again. */
    private static long sent(int result, MemorySegment inOut) {
        long sent = inOut.get(JAVA_LONG, 0);
        return sent > 0 || result >= 0 ? sent : result;
    }
}
