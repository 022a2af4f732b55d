package dev.kqueue.internal.wakeup;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedChannelException;

/**
 * The wakeup event for kernels without EVFILT_USER: a pipe whose read end has a knote with EV_CLEAR, so that each byte
 * is reported once and the selector need not take it out.
 *
 * <p>A waking thread drains the pipe, and then writes one byte: the pipe never fills. If several threads do so at once,
 * each of them ends with a write, so the last step of all is a write, which is reported.
 */
final class PipeWakeupEvent implements WakeupEvent {
    private final Descriptor readEnd;
    private final Descriptor writeEnd;

    PipeWakeupEvent(KQueue kqueue) throws IOException {
        int[] ends = pipe();
        readEnd = new Descriptor(ends[0]);
        writeEnd = new Descriptor(ends[1]);
        try {
            int flags = KEvent.EV_ADD | KEvent.EV_CLEAR;
            kqueue.kevent(KEventList.allocate(1).add(ends[0], Filter.READ.value(), flags, 0, 0, UDATA), null, 0);
        } catch (Throwable failure) {
            // Gives both descriptors back, whatever was thrown.
            try {
                close();
            } catch (IOException suppressed) {
                failure.addSuppressed(suppressed);
            }
            throw failure;
        }
    }

    private static int[] pipe() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            int result = Unistd.pipe(ends);
            if (result < 0) {
                throw Errno.exception(-result, "pipe");
            }
            return ends.toArray(ValueLayout.JAVA_INT);
        }
    }

    @Override
    public void wake() throws IOException {
        if (!readEnd.hold()) {
            throw new ClosedChannelException();
        }
        try {
            if (!writeEnd.hold()) {
                throw new ClosedChannelException();
            }
            try {
                drain(readEnd.fd());
                write(writeEnd.fd());
            } finally {
                writeEnd.release();
            }
        } finally {
            readEnd.release();
        }
    }

    private static void drain(int fd) throws IOException {
        MemorySegment bytes = MemorySegment.ofArray(new byte[64]);
        long n;
        do {
            n = Unistd.read(fd, bytes, bytes.byteSize());
        } while (n > 0 || n == -Errno.EINTR);
        if (n != -Errno.EAGAIN) {
            throw Errno.exception((int) -n, "read");
        }
    }

    private static void write(int fd) throws IOException {
        MemorySegment one = MemorySegment.ofArray(new byte[1]);
        long n;
        do {
            n = Unistd.write(fd, one, 1);
        } while (n == -Errno.EINTR);
        if (n != 1) {
            throw Errno.exception((int) -n, "write");
        }
    }

    @Override
    public void close() throws IOException {
        try {
            readEnd.close();
        } finally {
            writeEnd.close();
        }
    }
}
