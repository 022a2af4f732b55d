package dev.kqueue.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.TestPipe;
import dev.kqueue.nio.TestSockets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

public class BuffersTest {
    /** Every kind of memory that a buffer can stand on. */
    public enum Kind {
        HEAP {
            @Override
            public ByteBuffer allocate(int size) {
                return ByteBuffer.allocate(size);
            }
        },
        HEAP_SLICE {
            @Override
            public ByteBuffer allocate(int size) {
                return ByteBuffer.allocate(size + 13).slice(7, size);
            }
        },
        DIRECT {
            @Override
            public ByteBuffer allocate(int size) {
                return ByteBuffer.allocateDirect(size);
            }
        },
        DIRECT_SLICE {
            @Override
            public ByteBuffer allocate(int size) {
                return ByteBuffer.allocateDirect(size + 13).slice(7, size);
            }
        },
        SHARED_ARENA {
            @Override
            public ByteBuffer allocate(int size) {
                return Arena.ofShared().allocate(size).asByteBuffer();
            }
        },
        CONFINED_ARENA {
            @Override
            public ByteBuffer allocate(int size) {
                return Arena.ofConfined().allocate(size).asByteBuffer();
            }
        },
        AUTOMATIC_ARENA {
            @Override
            public ByteBuffer allocate(int size) {
                return Arena.ofAuto().allocate(size).asByteBuffer();
            }
        };

        public abstract ByteBuffer allocate(int size);

        /** A buffer of these bytes, between others that must not be touched. */
        public ByteBuffer of(byte[] bytes) {
            ByteBuffer buffer = allocate(bytes.length + 10);
            buffer.position(5).put(bytes).flip().position(5);
            return buffer;
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] flipped(ByteBuffer buffer, int from) {
        byte[] bytes = new byte[buffer.position() - from];
        buffer.get(from, bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    void roundTripOfEveryKind(Kind kind) throws IOException {
        byte[] bytes = random(1000);
        try (TestPipe pipe = TestPipe.open()) {
            ByteBuffer src = kind.of(bytes);
            assertThat(Buffers.write(false, pipe.writeEnd(), src)).isEqualTo(1000);
            assertThat(src.position()).isEqualTo(1005);
            ByteBuffer dst = kind.allocate(2000).position(3);
            assertThat(Buffers.read(false, pipe.readEnd(), dst)).isEqualTo(1000);
            assertThat(flipped(dst, 3)).isEqualTo(bytes);
            assertThat(dst.get(2)).isZero();
            assertThat(dst.get(1003)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void readOnlyBuffersAreWritten(Kind kind) throws IOException {
        byte[] bytes = random(1000);
        try (TestPipe pipe = TestPipe.open()) {
            ByteBuffer src = kind.of(bytes).asReadOnlyBuffer();
            assertThat(Buffers.write(false, pipe.writeEnd(), src)).isEqualTo(1000);
            ByteBuffer other = kind.of(bytes).asReadOnlyBuffer();
            assertThat(Buffers.write(false, pipe.writeEnd(), new ByteBuffer[] {src, other, other.duplicate()}, 0, 3))
                    .isEqualTo(2000);
            ByteBuffer dst = ByteBuffer.allocate(4000);
            assertThat(Buffers.read(false, pipe.readEnd(), dst)).isEqualTo(3000);
            for (int i = 0; i < 3; i++) {
                assertThat(Arrays.copyOfRange(dst.array(), i * 1000, i * 1000 + 1000)).isEqualTo(bytes);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void writeStopsWhereThereIsNoRoom(Kind kind) throws IOException {
        byte[] bytes = random(3_000_000);
        try (TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM)) {
            ByteBuffer src = kind.of(bytes);
            int written = Buffers.write(true, sockets.a(), src);
            assertThat(written).isBetween(1, bytes.length - 1);
            assertThat(src.position()).isEqualTo(5 + written);
            assertThat(Buffers.write(true, sockets.a(), src)).isEqualTo(-Errno.EAGAIN);
            assertThat(src.position()).isEqualTo(5 + written);
            ByteBuffer dst = kind.allocate(bytes.length);
            while (dst.position() < bytes.length) {
                int n = Buffers.read(true, sockets.b(), dst);
                if (n == -Errno.EAGAIN) {
                    assertThat(Buffers.write(true, sockets.a(), src)).isPositive();
                } else {
                    assertThat(n).isPositive();
                }
            }
            assertThat(flipped(dst, 0)).isEqualTo(bytes);
        }
    }

    @Test
    void emptyAndEndedAndClosedAreToldApart() throws IOException {
        try (TestPipe pipe = TestPipe.open()) {
            ByteBuffer buffer = ByteBuffer.allocate(10);
            assertThat(Buffers.read(false, pipe.readEnd(), buffer)).isEqualTo(-Errno.EAGAIN);
            assertThat(Unistd.close(pipe.writeEnd())).isZero();
            assertThat(Buffers.read(false, pipe.readEnd(), buffer)).isZero();
            assertThat(buffer.position()).isZero();
        }
        try (TestPipe pipe = TestPipe.open()) {
            assertThat(Unistd.close(pipe.readEnd())).isZero();
            assertThat(Buffers.write(false, pipe.writeEnd(), ByteBuffer.allocate(10))).isEqualTo(-Errno.EPIPE);
        }
    }

    @Test
    void fullAndEmptyBuffersMakeNoCall() {
        ByteBuffer none = ByteBuffer.allocate(0);
        int noDescriptor = -1;
        assertThat(Buffers.read(false, noDescriptor, none)).isZero();
        assertThat(Buffers.write(false, noDescriptor, none)).isZero();
        assertThat(Buffers.read(false, noDescriptor, new ByteBuffer[] {none, none}, 0, 2)).isZero();
        assertThat(Buffers.write(false, noDescriptor, new ByteBuffer[] {none, none}, 0, 2)).isZero();
        assertThat(Buffers.write(false, noDescriptor, new ByteBuffer[0], 0, 0)).isZero();
    }

    @Test
    void gatherOfEveryKindIsOneCall() throws IOException {
        // A datagram holds what one call has written, and no more.
        try (TestSockets sockets = TestSockets.open(SysSocket.SOCK_DGRAM)) {
            Kind[] kinds = Kind.values();
            ByteBuffer[] srcs = new ByteBuffer[2 * kinds.length + 2];
            ByteBuffer expected = ByteBuffer.allocate(1000 * srcs.length);
            for (int i = 0; i < srcs.length; i++) {
                byte[] bytes = i == 3 ? new byte[0] : random(100 + i);
                srcs[i] = kinds[i % kinds.length].of(bytes);
                if (i > 0 && i < srcs.length - 1) {
                    expected.put(bytes);
                }
            }
            expected.flip();
            long written = Buffers.write(true, sockets.a(), srcs, 1, srcs.length - 2);
            assertThat(written).isEqualTo(expected.remaining());
            assertThat(srcs[0].position()).isEqualTo(5);
            assertThat(srcs[srcs.length - 1].position()).isEqualTo(5);
            for (int i = 1; i < srcs.length - 1; i++) {
                assertThat(srcs[i].hasRemaining()).isFalse();
            }
            ByteBuffer dst = ByteBuffer.allocate(100_000);
            assertThat(Buffers.read(true, sockets.b(), dst)).isEqualTo(expected.remaining());
            assertThat(dst.flip()).isEqualTo(expected);
        }
    }

    @Test
    void scatterOfEveryKindIsOneCall() throws IOException {
        try (TestSockets sockets = TestSockets.open(SysSocket.SOCK_DGRAM)) {
            byte[] message = random(700);
            assertThat(Buffers.write(true, sockets.a(), ByteBuffer.wrap(message))).isEqualTo(700);
            Kind[] kinds = Kind.values();
            ByteBuffer[] dsts = new ByteBuffer[kinds.length + 1];
            for (int i = 0; i < kinds.length; i++) {
                dsts[i] = kinds[i].allocate(120).position(10);
            }
            dsts[kinds.length] = ByteBuffer.allocate(10);
            assertThat(Buffers.read(true, sockets.b(), dsts, 0, dsts.length)).isEqualTo(700);
            ByteBuffer all = ByteBuffer.allocate(1000);
            for (ByteBuffer dst : dsts) {
                all.put(flipped(dst, dst.capacity() == 120 ? 10 : 0));
            }
            assertThat(all.flip()).isEqualTo(ByteBuffer.wrap(message));
            assertThat(Buffers.read(true, sockets.b(), dsts, 0, dsts.length)).isEqualTo(-Errno.EAGAIN);
        }
    }

    @Test
    void gatherOfMoreThanOneCallTakes() throws IOException {
        try (TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM)) {
            byte[] bytes = random(5000);
            ByteBuffer[] srcs = new ByteBuffer[5000];
            for (int i = 0; i < srcs.length; i++) {
                srcs[i] = (i % 2 == 0 ? Kind.HEAP : Kind.DIRECT).of(new byte[] {bytes[i]});
            }
            assertThat(Buffers.write(true, sockets.a(), srcs, 0, srcs.length)).isEqualTo(5000);
            ByteBuffer dst = ByteBuffer.allocate(10_000);
            assertThat(Buffers.read(true, sockets.b(), dst)).isEqualTo(5000);
            assertThat(dst.flip()).isEqualTo(ByteBuffer.wrap(bytes));
        }
    }

    @ParameterizedTest
    @EnumSource
    void gatherOfLongBuffersComesWholeAndInOrder(Kind kind) throws IOException {
        byte[] head = random(100);
        byte[] body = random(1_000_000);
        byte[] tail = random(70_000);
        ByteBuffer[] srcs = {Kind.HEAP.of(head), kind.of(body), kind.of(tail), Kind.DIRECT.of(head)};
        ByteBuffer expected = ByteBuffer.allocate(head.length * 2 + body.length + tail.length);
        expected.put(head).put(body).put(tail).put(head).flip();
        try (TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM)) {
            ByteBuffer dst = ByteBuffer.allocate(expected.remaining());
            long written = 0;
            while (dst.hasRemaining()) {
                long n = Buffers.write(true, sockets.a(), srcs, 0, srcs.length);
                if (n != -Errno.EAGAIN) {
                    assertThat(n).isNotNegative();
                    written += n;
                }
                ByteBuffer[] halves = {dst.slice(0, 50), dst};
                halves[0].position(50);
                assertThat(Buffers.read(true, sockets.b(), halves, 0, 2)).isPositive();
            }
            assertThat(written).isEqualTo(expected.remaining());
            assertThat(dst.flip()).isEqualTo(expected);
        }
    }

    @Test
    void errorAfterSomeBytesIsNotKeptBack() throws IOException {
        try (TestPipe pipe = TestPipe.open()) {
            ByteBuffer fill = ByteBuffer.allocate(1 << 20);
            assertThat(Buffers.write(false, pipe.writeEnd(), fill)).isPositive();
            assertThat(Unistd.close(pipe.readEnd())).isZero();
            assertThat(Buffers.write(false, pipe.writeEnd(), fill)).isEqualTo(-Errno.EPIPE);
        }
    }

    @Test
    void bufferTwiceInAListIsWrittenTwice() throws IOException {
        try (TestPipe pipe = TestPipe.open()) {
            ByteBuffer src = Kind.DIRECT.of(random(10));
            assertThat(Buffers.write(false, pipe.writeEnd(), new ByteBuffer[] {src, src}, 0, 2)).isEqualTo(20);
            assertThat(src.hasRemaining()).isFalse();
        }
    }

    @RequiresAbility(Ability.LARGE_LOCAL_STREAMS)
    @Test
    void askedIsNeverMoreThanAReadAsksFor() throws IOException {
        try (TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM)) {
            ByteBuffer fill = ByteBuffer.allocateDirect(1 << 20);
            assertThat(Buffers.write(true, sockets.a(), fill)).isGreaterThan(Unistd.CRITICAL_BYTES);
            ByteBuffer heap = ByteBuffer.allocate(1 << 20);
            assertThat(Buffers.read(true, sockets.b(), heap)).isEqualTo(Buffers.asked(heap.clear()));
            ByteBuffer[] list = {ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10), ByteBuffer.allocate(20)};
            assertThat(Buffers.asked(list, 0, 3)).isEqualTo(40);
            assertThat(Buffers.read(true, sockets.b(), list, 0, 3)).isEqualTo(40);
            assertThat(Buffers.asked(list, 0, 3)).isZero();
        }
    }
}
