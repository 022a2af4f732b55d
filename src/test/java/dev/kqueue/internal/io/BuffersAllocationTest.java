package dev.kqueue.internal.io;

import dev.kqueue.nio.Allocation;
import dev.kqueue.nio.TestPipe;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads and writes allocate nothing. */
class BuffersAllocationTest {
    /** Writes and reads through a pipe: one buffer, or a list of one. */
    static final class Program {
        private Program() {}

        static void main(String[] arguments) throws IOException {
            BuffersTest.Kind kind = BuffersTest.Kind.valueOf(arguments[0]);
            ByteBuffer src = kind.of(new byte[100]);
            ByteBuffer dst = kind.allocate(200);
            ByteBuffer[] srcs = {src};
            ByteBuffer[] dsts = {dst};
            try (TestPipe pipe = TestPipe.open()) {
                if (arguments[1].equals("list")) {
                    Allocation.print(
                            () -> {
                                src.position(5);
                                dst.clear().position(3);
                                check(Buffers.write(false, pipe.writeEnd(), srcs, 0, 1));
                                check(Buffers.read(false, pipe.readEnd(), dsts, 0, 1));
                            });
                } else {
                    Allocation.print(
                            () -> {
                                src.position(5);
                                dst.clear().position(3);
                                check(Buffers.write(false, pipe.writeEnd(), src));
                                check(Buffers.read(false, pipe.readEnd(), dst));
                            });
                }
            }
        }

        private static void check(long moved) {
            if (moved != 100) {
                throw new AssertionError("a pipe that is neither full nor empty gave " + moved);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = BuffersTest.Kind.class,
            names = {"HEAP", "HEAP_SLICE", "DIRECT", "DIRECT_SLICE", "AUTOMATIC_ARENA"})
    void readAndWriteAllocateNothing(BuffersTest.Kind kind) throws IOException, InterruptedException {
        Allocation.assertNone(Program.class, kind.name(), "one");
        Allocation.assertNone(Program.class, kind.name(), "list");
    }
}
