package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.SendfileForm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** {@code <sys/sendfile.h>} of Linux, a part of {@code <sys/socket.h>} elsewhere. */
public final class SysSendfile {
    private SysSendfile() {}

    private static final Optional<SendfileForm> FORM =
            CLibrary.has("sendfile") ? SendfileForm.of(Abi.HOST) : Optional.empty();

    // Not critical: it may wait for a disk.
    private static final CFunction SENDFILE = CFunction.of("sendfile");

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
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment inOut = arena.allocate(JAVA_LONG);
            return switch (FORM.orElseThrow()) {
                case OUT_FIRST -> {
                    inOut.set(JAVA_LONG, 0, offset);
                    yield SENDFILE.callLong(socket, file, inOut.address(), count);
                }
                case COUNT_AND_SENT ->
                        sent(SENDFILE.sevenInt(file, socket, offset, count, 0, inOut.address(), 0), inOut);
                case LENGTH_IN_AND_OUT -> {
                    inOut.set(JAVA_LONG, 0, count);
                    yield sent(SENDFILE.callInt(file, socket, offset, inOut.address(), 0, 0), inOut);
                }
            };
        }
    }

    /** An errno beside bytes that were sent says why there were not more: the next call will say so again. */
    private static long sent(int result, MemorySegment inOut) {
        long sent = inOut.get(JAVA_LONG, 0);
        return sent > 0 || result >= 0 ? sent : result;
    }
}
