package dev.kqueue.internal.park;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.ChildJvm;
import dev.kqueue.internal.libc.CSignal;
import dev.kqueue.nio.Blocked;
import dev.kqueue.nio.TcpPair;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.util.List;

/** Which signal ends a wait, where handlers of others stand: each in a JVM of its own, on Linux, by its numbers. */
@Timeout(200)
@EnabledOnOs(OS.LINUX)
class WakeSignalTest {
    private static final int USUAL = 62;

    /** Installs a handler as native code of the program's own would do: a function of the C library. */
    @SuppressWarnings("restricted")
    private static long handleBy(String function, int signal, int flags) {
        Linker linker = Linker.nativeLinker();
        MemorySegment handler = linker.defaultLookup().find(function).orElseThrow();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = arena.allocate(152, 8);
            action.set(ValueLayout.ADDRESS, 0, handler);
            action.set(ValueLayout.JAVA_INT, 136, flags);
            int result =
                    (int)
                            linker.downcallHandle(
                                            linker.defaultLookup().find("sigaction").orElseThrow(),
                                            FunctionDescriptor.of(
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.ADDRESS,
                                                    ValueLayout.ADDRESS))
                                    .invokeExact(signal, action, MemorySegment.NULL);
            assertThat(result).isZero();
        } catch (Throwable thrown) {
            throw new AssertionError(thrown);
        }
        return handler.address();
    }

    private static void closeEndsABlockedRead() throws Exception {
        try (TcpPair pair = TcpPair.open()) {
            SocketChannel channel = pair.server();
            Blocked<Integer> read = Blocked.in(Threads.PLATFORM, () -> channel.read(ByteBuffer.allocate(1)));
            channel.close();
            assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    /** A handler of the program's own stands there before. */
    static final class Before {
        private Before() {}

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        static void main(String[] arguments) throws Exception {
            // The JDK installs its handler as it loads its library for addresses, and asks nobody.
            assertThat(TcpPair.LOOPBACK.isLoopbackAddress()).isTrue();
            long handler = handleBy("labs", USUAL, 0);
            closeEndsABlockedRead();
            System.out.print(WakeSignal.number() + " " + (CSignal.handler(USUAL) == handler));
        }
    }

    @Test
    void handlerOfTheProgramStaysAndTheNextSignalIsUsed() throws Exception {
        assertThat(new ChildJvm().run(Before.class.getName())).isEqualTo("63 true");
    }

    /** A handler of the program's own comes later, one that lets calls be restarted. */
    static final class Later {
        private static final int SA_RESTART = 0x10000000;

        private Later() {}

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        static void main(String[] arguments) throws Exception {
            closeEndsABlockedRead();
            handleBy("labs", WakeSignal.number(), SA_RESTART);
            for (int i = 0; i < 100; i++) {
                closeEndsABlockedRead();
            }
            System.out.print("ended");
        }
    }

    @Test
    void handlerThatRestartsCallsMeetsADeadSocket() throws Exception {
        assertThat(new ChildJvm().run(Later.class.getName())).isEqualTo("ended");
    }

    /** The JDK's own channels have installed theirs. */
    static final class AfterJdk {
        private AfterJdk() {}

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        static void main(String[] arguments) throws Exception {
            SocketChannel.open().close();
            java.net.ServerSocket jdk = new java.net.ServerSocket(0);
            jdk.close();
            closeEndsABlockedRead();
            System.out.print(WakeSignal.number());
        }
    }

    @Test
    void handlerOfTheJdkIsAsGood() throws Exception {
        assertThat(new ChildJvm().run(AfterJdk.class.getName())).isEqualTo(Integer.toString(USUAL));
    }

    @Test
    void propertyChoosesAnother() throws Exception {
        assertThat(new ChildJvm().run("-Dkqueue.signal=60", AfterJdk.class.getName())).isEqualTo("60");
    }

    @Test
    void numberThatIsNoSignalIsWarnedOf() throws Exception {
        assertThat(new ChildJvm().run("-Dkqueue.signal=900", AfterJdk.class.getName()))
                .contains("-Dkqueue.signal=900", Integer.toString(USUAL));
    }

    /** The signal is blocked in the thread that starts others, as in all if the parent process has blocked it. */
    static final class Masked {
        private Masked() {}

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        static void main(String[] arguments) throws Exception {
            block(USUAL);
            closeEndsABlockedRead();
            System.out.print("ended");
        }

        @SuppressWarnings("restricted")
        private static void block(int signal) {
            Linker linker = Linker.nativeLinker();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment set = arena.allocate(128, 8);
                set.set(ValueLayout.JAVA_LONG, 0, 1L << (signal - 1));
                int result =
                        (int)
                                linker.downcallHandle(
                                                linker.defaultLookup().find("pthread_sigmask").orElseThrow(),
                                                FunctionDescriptor.of(
                                                        ValueLayout.JAVA_INT,
                                                        ValueLayout.JAVA_INT,
                                                        ValueLayout.ADDRESS,
                                                        ValueLayout.ADDRESS))
                                        .invokeExact(0, set, MemorySegment.NULL);
                assertThat(result).isZero();
            } catch (Throwable thrown) {
                throw new AssertionError(thrown);
            }
        }
    }

    @Test
    void signalThatTheParentHasBlockedEndsAWait() throws Exception {
        assertThat(new ChildJvm().run(Masked.class.getName())).isEqualTo("ended");
    }

    @Test
    void withoutAFreeSignalTheReasonIsSaid() {
        assertThatThrownBy(() -> WakeSignal.install(null, List.of(11)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("-Dkqueue.signal");
    }
}
