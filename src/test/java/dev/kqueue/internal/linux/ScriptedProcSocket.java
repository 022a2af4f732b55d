package dev.kqueue.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysEventfd;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntUnaryOperator;
import java.util.function.ToLongFunction;

/** A process connector that says what the test wrote down, one thing a read, and nothing more. */
final class ScriptedProcSocket implements ProcSocket {
    private static final int ACK = 28;
    private static final int WHAT = 36;
    private static final int DATA = 52;
    private static final int LENGTH = 76;

    static final int FORK = 1;
    static final int EXEC = 2;
    static final int EXIT = 0x80000000;

    private final Deque<ToLongFunction<MemorySegment>> answers = new ArrayDeque<>();

    int bound;
    int questions;
    private int question;

    @Override
    public int open() {
        return SysEventfd.eventfd(0);
    }

    @Override
    public int bind(int fd, MemorySegment address, int length) {
        return bound;
    }

    @Override
    public long write(int fd, MemorySegment message, long length) {
        questions++;
        question = message.get(JAVA_INT_UNALIGNED, ACK);
        return length;
    }

    @Override
    public long read(int fd, MemorySegment buffer, long length) {
        ToLongFunction<MemorySegment> answer = answers.poll();
        return answer == null ? -Errno.EAGAIN : answer.applyAsLong(buffer);
    }

    ScriptedProcSocket fail(int errno) {
        answers.add(buffer -> -errno);
        return this;
    }

    ScriptedProcSocket outOfMemory() {
        answers.add(
                buffer -> {
                    throw new OutOfMemoryError("of the test");
                });
        return this;
    }

    ScriptedProcSocket nothingMore() {
        return fail(Errno.EAGAIN);
    }

    ScriptedProcSocket answer(int errno) {
        return answer(asked -> asked + 1, errno);
    }

    /** The kernel's answer to another listener: all get it. */
    ScriptedProcSocket answerToAnother(int errno) {
        return answer(asked -> asked + 7, errno);
    }

    private ScriptedProcSocket answer(IntUnaryOperator ack, int errno) {
        answers.add(buffer -> message(buffer, ack.applyAsInt(question), 0, errno));
        return this;
    }

    /**
     * @param words of the event: of fork the parent's thread and process and the child's, else the thread and process
     */
    ScriptedProcSocket event(int what, int... words) {
        answers.add(buffer -> message(buffer, 0, what, words));
        return this;
    }

    private static long message(MemorySegment buffer, int ack, int what, int... words) {
        buffer.asSlice(0, LENGTH).fill((byte) 0);
        buffer.set(JAVA_INT_UNALIGNED, ACK, ack);
        buffer.set(JAVA_INT_UNALIGNED, WHAT, what);
        for (int i = 0; i < words.length; i++) {
            buffer.set(JAVA_INT_UNALIGNED, DATA + i * 4L, words[i]);
        }
        return LENGTH;
    }
}
