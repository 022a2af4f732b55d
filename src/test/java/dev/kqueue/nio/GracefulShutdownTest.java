package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A server in a JVM of its own that reads its configuration anew on HUP and ends on TERM, in the loop of its sockets.
 */
@Timeout(120)
class GracefulShutdownTest {
    /** Answers each connection with the number of its configuration. */
    public static final class Server {
        private int configuration = 1;

        private Server() {}

        public static void main(String[] arguments) throws IOException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("shutdown")));
            new Server().run();
            System.out.println("ended by itself");
            if (arguments.length > 0) {
                // The JVM's own handler is to end this.
                while (true) {
                    Thread.onSpinWait();
                }
            }
        }

        private void run() throws IOException {
            try (KQueueSelector selector = KQueueSelector.open();
                    ServerSocketChannel listener = KQueueSelectorProvider.instance().openServerSocketChannel()) {
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                listener.configureBlocking(false);
                listener.register(selector, SelectionKey.OP_ACCEPT);
                SignalKey reload = selector.handleSignal(Signal.HUP);
                SignalKey term = selector.handleSignal(Signal.TERM);
                System.out.println(((InetSocketAddress) listener.getLocalAddress()).getPort());
                while (term.isValid()) {
                    selector.select(
                            key -> {
                                if (key == reload) {
                                    configuration += (int) reload.count();
                                    System.out.println("configuration " + configuration);
                                } else if (key == term) {
                                    term.cancel();
                                } else {
                                    answer(listener);
                                }
                            });
                }
            }
        }

        private void answer(ServerSocketChannel listener) throws IOException {
            try (SocketChannel client = listener.accept()) {
                client.write(ByteBuffer.wrap(new byte[] {(byte) configuration}));
            }
        }
    }

    private static Process start(String shell, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", shell + " exec \"$@\"", "sh"));
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.add("--enable-native-access=ALL-UNNAMED");
        // Over a stand-in, so is the server.
        for (String property : List.of("kqueue.abi", "kqueue.library")) {
            if (System.getProperty(property) != null) {
                command.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Server.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void kill(String signal, Process process) throws Exception {
        String pid = Long.toString(process.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
    }

    private static int ask(int port) throws IOException {
        try (SocketChannel client = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            ByteBuffer answer = ByteBuffer.allocate(1);
            client.read(answer);
            return answer.get(0);
        }
    }

    private static void reloadThreeTimes(Process server, BufferedReader output) throws Exception {
        int port = Integer.parseInt(output.readLine());
        assertThat(ask(port)).isEqualTo(1);
        for (int i = 2; i <= 4; i++) {
            kill("HUP", server);
            assertThat(output.readLine()).isEqualTo("configuration " + i);
            assertThat(ask(port)).isEqualTo(i);
        }
    }

    @Test
    void serverReloadsOnHupAndEndsOnTerm() throws Exception {
        Process server = start("");
        try (BufferedReader output = server.inputReader()) {
            reloadThreeTimes(server, output);
            kill("TERM", server);
            assertThat(output.lines()).containsExactly("ended by itself", "shutdown");
            assertThat(server.waitFor()).isZero();
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void jvmHandlesTermAgainWhenTheSelectorIsClosed() throws Exception {
        Process server = start("", "stay");
        try (BufferedReader output = server.inputReader()) {
            reloadThreeTimes(server, output);
            kill("TERM", server);
            assertThat(output.readLine()).isEqualTo("ended by itself");
            kill("TERM", server);
            assertThat(output.lines()).containsExactly("shutdown");
            assertThat(server.waitFor()).isEqualTo(143);
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void signalsThatWereIgnoredAtTheStartAreHandled() throws Exception {
        // As nohup(1) starts a program.
        Process server = start("trap '' HUP TERM;");
        try (BufferedReader output = server.inputReader()) {
            reloadThreeTimes(server, output);
            kill("TERM", server);
            assertThat(output.lines()).containsExactly("ended by itself", "shutdown");
            assertThat(server.waitFor()).isZero();
        } finally {
            server.destroyForcibly().waitFor();
        }
    }
}
