package dev.kqueue.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.RunningProgram;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Each program of docs/guide.md does what the guide says. */
@Timeout(120)
class GuideTest {
    @TempDir Path folder;

    private static RunningProgram run(Class<?> program, String... arguments) throws IOException {
        return new RunningProgram(RunningProgram.command(List.of(), program, arguments));
    }

    /** Connects to where a program has said that it listens. */
    private static SocketChannel connect(RunningProgram program) throws Exception {
        return connect(port(program));
    }

    private static int port(RunningProgram program) throws Exception {
        String listening = program.expect("listening at");
        return Integer.parseInt(listening.substring(listening.lastIndexOf(':') + 1));
    }

    private static SocketChannel connect(int port) throws IOException {
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Writes and reads as much again. */
    private static String exchange(SocketChannel channel, String message, int length) throws IOException {
        channel.write(StandardCharsets.US_ASCII.encode(message));
        return read(channel, length);
    }

    private static String read(SocketChannel channel, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            // until the end, or as much as was asked for
        }
        return StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
    }

    private static void kill(String signal, RunningProgram program) throws Exception {
        String pid = Long.toString(program.process().pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
    }

    @Test
    void firstLoopEchoes() throws Exception {
        try (RunningProgram program = run(FirstLoop.class)) {
            int port = port(program);
            try (SocketChannel other = connect(port)) {
                try (SocketChannel one = connect(port)) {
                    assertThat(exchange(one, "one", 3)).isEqualTo("one");
                    assertThat(exchange(other, "other", 5)).isEqualTo("other");
                }
                assertThat(exchange(other, "still", 5)).isEqualTo("still");
            }
        }
    }

    @Test
    void oneLoopHearsOfAllSources() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        try (RunningProgram program = run(OneLoop.class, file.toString())) {
            int port = port(program);
            program.expect("timer 1");
            Files.writeString(file, "some");
            program.expect("file [MODIFIED]");
            connect(port).close();
            program.expect("connection");
            kill("TERM", program);
            assertThat(program.exitStatus()).isZero();
        }
        try (RunningProgram program = run(OneLoop.class, file.toString())) {
            program.expect("child 0");
        }
    }

    @Test
    void daemonReloadsAndServesItsConnectionsToTheirEnd() throws Exception {
        try (RunningProgram program = run(Daemon.class)) {
            try (SocketChannel connection = connect(program)) {
                assertThat(exchange(connection, "x", 2)).isEqualTo("ok");
                kill("HUP", program);
                program.expect("reading the configuration");
                kill("TERM", program);
                program.expect("ending");
                assertThat(exchange(connection, "x", 2)).isEqualTo("ok");
            }
            program.expect("ended");
            assertThat(program.exitStatus()).isZero();
        }
    }

    @Test
    void secondSignalEndsTheDaemonAtOnce() throws Exception {
        try (RunningProgram program = run(Daemon.class);
                SocketChannel connection = connect(program)) {
            assertThat(exchange(connection, "x", 2)).isEqualTo("ok");
            kill("TERM", program);
            program.expect("ending");
            // The handler of the JVM is back when the key has gone: with the next selection operation.
            exchange(connection, "x", 2);
            kill("TERM", program);
            assertThat(program.exitStatus()).isEqualTo(128 + 15);
        }
    }

    @Test
    void supervisorStartsItsCommandAgain() throws Exception {
        Path go = folder.resolve("go");
        String script = "[ -e '" + go + "' ] && exec sleep 60; touch '" + go + "'; exit 3";
        try (RunningProgram program = run(Supervisor.class, "/bin/sh", "-c", script)) {
            program.expect("started");
            program.expect("exited with 3");
            program.expect("started");
            kill("TERM", program);
            program.expect("ended by TERM");
            assertThat(program.exitStatus()).isZero();
        }
    }

    @Test
    void treeIsWatchedUntilItIsGone() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        try (RunningProgram program = run(WatchedTree.class, root.toString())) {
            program.expect("watching");
            Path deep = Files.createDirectories(root.resolve("a/b"));
            program.expect("CREATED " + deep);
            Path file = Files.createFile(deep.resolve("file"));
            program.expect("CREATED " + file);
            for (Path path : List.of(file, deep, deep.getParent(), root)) {
                Files.delete(path);
            }
            program.expect("DELETED " + root);
            assertThat(program.exitStatus()).isZero();
        }
    }

    @Test
    void standardInputIsReadBesideSockets() throws Exception {
        try (RunningProgram program = run(StandardInput.class)) {
            int port = port(program);
            connect(port).close();
            program.expect("connection");
            program.input("one\ntwo\n");
            program.expect("line one");
            program.expect("line two");
            program.expect("end of input");
            assertThat(program.exitStatus()).isZero();
        }
    }

    @Test
    void unixServerKnowsItsClient() throws Exception {
        Path socket = folder.resolve("socket");
        try (RunningProgram program = run(UnixServer.class, socket.toString())) {
            program.expect("listening at");
            try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                client.connect(UnixDomainSocketAddress.of(socket));
                assertThat(read(client, 100)).isEqualTo("hello " + System.getProperty("user.name"));
            }
        }
    }

    @Test
    void listenerIsHandedOverWithoutARefusal() throws Exception {
        String control = folder.resolve("control").toString();
        try (RunningProgram first = run(Handover.class, control)) {
            int port = port(first);
            assertThat(ask(port)).isEqualTo("process " + first.process().pid());
            try (RunningProgram second = run(Handover.class, control)) {
                while (first.process().isAlive()) {
                    assertThat(ask(port)).startsWith("process ");
                }
                assertThat(first.exitStatus()).isZero();
                assertThat(port(second)).isEqualTo(port);
                assertThat(ask(port)).isEqualTo("process " + second.process().pid());
            }
        }
    }

    private static String ask(int port) throws IOException {
        try (SocketChannel channel = connect(port)) {
            return read(channel, 100);
        }
    }

    @Test
    void socketsOfSystemdAndInetdAreServed() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash, which connects sockets to descriptors");
        for (String redirection : List.of("exec 0<>%s 1>&0 2>&0", "exec 3<>%s; export LISTEN_FDS=1 LISTEN_PID=$$")) {
            try (ServerSocket server = new ServerSocket(0)) {
                String socket = "/dev/tcp/127.0.0.1/" + server.getLocalPort();
                String java = String.join("' '", RunningProgram.command(List.of(), SocketActivation.class));
                String script = redirection.formatted(socket) + "; exec '" + java + "'";
                try (RunningProgram program = new RunningProgram(List.of("/bin/bash", "-c", script));
                        Socket connection = server.accept()) {
                    assertThat(connection.getInputStream().readAllBytes()).asString().isEqualTo("activated");
                    assertThat(program.exitStatus()).isZero();
                }
            }
        }
    }

    @Test
    void tickerCountsEachTick() throws Exception {
        try (RunningProgram program = run(Ticker.class)) {
            String[] ticks = program.expect("ticks").split(" ");
            assertThat(Integer.parseInt(ticks[0])).isGreaterThanOrEqualTo(49);
            assertThat(program.exitStatus()).isZero();
        }
    }

    @Test
    void nettyLoopTakesAFile() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        try (RunningProgram program = run(NettyLoop.class, file.toString())) {
            program.expect("watching");
            Files.writeString(file, "some");
            program.expect("file [WRITE]");
            assertThat(program.exitStatus()).isZero();
        }
    }

    @Test
    void virtualThreadsEcho() throws Exception {
        try (RunningProgram program = run(VirtualThreads.class);
                SocketChannel connection = connect(program)) {
            assertThat(exchange(connection, "virtual", 7)).isEqualTo("virtual");
        }
    }
}
