package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where nothing can work, whatever a program opens first tells it so, in one sentence, and again the second time. */
final class StartupTest {
    private static final List<String> OPENABLE = List.of("selector", "pipe", "socket", "server", "datagram", "kqueue");

    /** The program: opens each of the arguments twice, and prints what it is told. */
    static final class Program {
        private Program() {}

        static void main(String[] arguments) throws IOException {
            for (String what : List.of(arguments)) {
                for (int i = 0; i < 2; i++) {
                    try (AutoCloseable opened = open(what)) {
                        System.out.println("opened " + opened);
                    } catch (Throwable e) {
                        System.out.println(e);
                    }
                }
            }
        }

        private static AutoCloseable open(String what) throws IOException {
            return switch (what) {
                case "selector" -> Selector.open();
                case "pipe" -> Pipe.open().source();
                case "socket" -> SocketChannel.open();
                case "server" -> ServerSocketChannel.open();
                case "datagram" -> DatagramChannel.open();
                case "kqueue" -> dev.kqueue.KQueue.open();
                default -> throw new AssertionError(what);
            };
        }
    }

    private static List<String> told(String what, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.add("-Djava.nio.channels.spi.SelectorProvider=" + KQueueSelectorProvider.class.getName());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName(), what));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<String> lines = process.inputReader().readAllLines();
        assertThat(process.waitFor()).isZero();
        return lines;
    }

    private static void assertTold(String what, String sentence, String... options)
            throws IOException, InterruptedException {
        String expected = "java.lang.UnsupportedOperationException: " + sentence;
        assertThat(told(what, options)).containsExactly(expected, expected);
    }

    static List<String> openable() {
        return OPENABLE;
    }

    @ParameterizedTest
    @MethodSource("openable")
    void unknownSystemIsToldInOneSentence(String what) throws IOException, InterruptedException {
        assertTold(
                what,
                "kqueue-nio does not run on Plan 9, only on macOS, FreeBSD, NetBSD, OpenBSD, DragonFly BSD and Linux:"
                        + " take its jar off the class path, and the JDK's own selectors are used",
                "-Dos.name=Plan 9");
    }

    @Test
    void otherArchitectureIsToldInOneSentence() throws IOException, InterruptedException {
        assertTold(
                "selector",
                "kqueue-nio does not run on the architecture sparcv9, only on x86-64 and aarch64:"
                        + " take its jar off the class path, and the JDK's own selectors are used",
                "-Dos.arch=sparcv9");
    }

    @Test
    void unknownAbiIsToldInOneSentence() throws IOException, InterruptedException {
        assertTold(
                "pipe",
                "kqueue-nio knows no ABI named solaris: -Dkqueue.abi is one of macos, freebsd, netbsd, openbsd,"
                        + " dragonfly, linux, libkqueue",
                "-Dkqueue.abi=solaris");
    }

    /** Our own kqueue in its place would speak with the other's numbers. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void libraryWithoutAKqueueIsNamed() throws IOException, InterruptedException {
        Path library = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("jimage"));
        for (String what : List.of("kqueue", "socket")) {
            assertTold(
                    what,
                    library + " has no function kqueue, which the ABI of libkqueue needs",
                    "-Dkqueue.library=" + library,
                    "-Dkqueue.abi=libkqueue");
        }
    }

    @Test
    void denialOfNativeAccessNamesTheFlag() throws IOException, InterruptedException {
        assertTold(
                "selector",
                "kqueue-nio calls the C library, and this JVM forbids it: add --enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny");
    }

    @Test
    void libraryThatCannotBeLoadedIsNamed() throws IOException, InterruptedException {
        assertTold(
                "socket",
                "-Dkqueue.library=/no/such/library.so cannot be loaded: Cannot open library: /no/such/library.so",
                "-Dkqueue.library=/no/such/library.so");
    }

    @Test
    void libraryWithoutTheFunctionsOfItsAbiIsNamed() throws IOException, InterruptedException {
        // It needs the C library, so a look-up of close(2) in it succeeds: with another ABI's, which is not wanted.
        Path library = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("jimage"));
        String foreign = OS.MAC.isCurrentOs() ? "freebsd" : "macos";
        assertTold(
                "socket",
                library
                        + " does not speak the ABI of "
                        + (OS.MAC.isCurrentOs() ? "FreeBSD" : "macOS")
                        + ": it has no abs, accept, bind, close, connect, dup2 and 35 more",
                "-Dkqueue.library=" + library,
                "-Dkqueue.abi=" + foreign);
    }
}
