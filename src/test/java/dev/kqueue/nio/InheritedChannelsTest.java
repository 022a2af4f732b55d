package dev.kqueue.nio;

import static dev.kqueue.nio.StatusFlags.isNonBlocking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.socket.InetDomain;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

@Timeout(120)
class InheritedChannelsTest {
    private final InheritedChannels inherited = new InheritedChannels(KQueueSelectorProvider.instance());

    /** A socket as a service manager passes it: without O_NONBLOCK, and not close-on-exec. */
    private static int socket(int type) {
        int fd = SysSocket.socket(SysSocket.AF_INET, type, 0);
        assertThat(fd).isPositive();
        Fcntl.setNonBlocking(fd, false);
        Fcntl.fcntl(fd, Fcntl.F_SETFD, 0);
        return fd;
    }

    private static int listener() throws IOException {
        int fd = socket(SysSocket.SOCK_STREAM);
        assertThat(InetDomain.IN.bind(fd, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))).isZero();
        assertThat(SysSocket.listen(fd, 5)).isZero();
        return fd;
    }

    @Test
    void listeningSocketBecomesAServerSocketChannel() throws IOException {
        int fd = listener();
        int shared = Unistd.dup(fd);
        try (Channel channel = inherited.adopt(fd)) {
            assertThat(channel).isInstanceOf(ServerSocketChannel.class);
            ServerSocketChannel server = (ServerSocketChannel) channel;
            assertThat(server.isBlocking()).isTrue();
            assertThat(server.socket().isBound()).isTrue();
            assertThat(Fcntl.fcntl(fd, Fcntl.F_GETFD, 0) & Fcntl.FD_CLOEXEC).isEqualTo(Fcntl.FD_CLOEXEC);
            SocketAddress address = server.getLocalAddress();
            try (SocketChannel client = SocketChannel.open(address);
                    SocketChannel accepted = server.accept()) {
                assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
            }
        }
        assertThat(isNonBlocking(shared)).as("whoever shares the socket finds it as it was").isFalse();
        Unistd.close(shared);
    }

    @Test
    void connectedSocketBecomesASocketChannel() throws IOException {
        int fd = socket(SysSocket.SOCK_STREAM);
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            // Blocks until connected, as the socket does.
            assertThat(InetDomain.IN.connect(fd, server.getLocalSocketAddress())).isZero();
            try (Channel channel = inherited.adopt(fd);
                    Socket peer = server.accept()) {
                assertThat(channel).isInstanceOf(SocketChannel.class);
                SocketChannel client = (SocketChannel) channel;
                assertThat(client.isBlocking()).isTrue();
                assertThat(client.isConnected()).isTrue();
                assertThat(client.socket().isBound()).isTrue();
                assertThat(client.getRemoteAddress()).isEqualTo(server.getLocalSocketAddress());
                peer.getOutputStream().write("hello".getBytes(US_ASCII));
                ByteBuffer read = ByteBuffer.allocate(10);
                assertThat(client.read(read)).isEqualTo(5);
            }
        }
    }

    @Test
    void boundDatagramSocketBecomesADatagramChannel() throws IOException {
        int fd = socket(SysSocket.SOCK_DGRAM);
        assertThat(InetDomain.IN.bind(fd, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))).isZero();
        try (Channel channel = inherited.adopt(fd);
                DatagramChannel peer = KQueueSelectorProvider.instance().openDatagramChannel()) {
            assertThat(channel).isInstanceOf(DatagramChannel.class);
            DatagramChannel datagrams = (DatagramChannel) channel;
            assertThat(datagrams.isBlocking()).isTrue();
            assertThat(datagrams.socket().isBound()).isTrue();
            assertThat(datagrams.isConnected()).isFalse();
            peer.send(ByteBuffer.wrap("hello".getBytes(US_ASCII)), datagrams.getLocalAddress());
            ByteBuffer received = ByteBuffer.allocate(10);
            InetSocketAddress from = (InetSocketAddress) datagrams.receive(received);
            assertThat(received.position()).isEqualTo(5);
            assertThat(from.getPort()).isEqualTo(peer.socket().getLocalPort());
        }
    }

    @Test
    void connectedDatagramSocketStaysConnected() throws IOException {
        int fd = socket(SysSocket.SOCK_DGRAM);
        try (DatagramChannel peer = KQueueSelectorProvider.instance().openDatagramChannel()) {
            peer.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThat(InetDomain.IN.connect(fd, peer.getLocalAddress())).isZero();
            try (Channel channel = inherited.adopt(fd)) {
                DatagramChannel datagrams = (DatagramChannel) channel;
                assertThat(datagrams.getRemoteAddress()).isEqualTo(peer.getLocalAddress());
                assertThat(datagrams.write(ByteBuffer.wrap("hello".getBytes(US_ASCII)))).isEqualTo(5);
            }
        }
    }

    @Test
    void otherDescriptorBecomesAnFdChannel() throws IOException {
        TestPipe pipe = TestPipe.open();
        try (Channel channel = inherited.adopt(pipe.readEnd())) {
            assertThat(channel).isInstanceOf(FdChannel.class);
        }
        Unistd.close(pipe.writeEnd());
    }

    @Test
    void descriptorThatIsNotThereSaysSo() {
        assertThatThrownBy(() -> inherited.adopt(1 << 20))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("was not inherited");
    }

    @Test
    void socketWithoutAPeerIsRefusedAndClosed() throws IOException {
        int fd = socket(SysSocket.SOCK_STREAM);
        assertThatThrownBy(() -> inherited.adopt(fd)).isInstanceOf(IOException.class);
        assertThat(Fcntl.fcntl(fd, Fcntl.F_GETFD, 0)).isNegative();
    }

    @Test
    void countIsForTheProcessThatItNames() throws IOException {
        assertThat(InheritedChannels.countOfSystemd(Map.of("LISTEN_PID", "7", "LISTEN_FDS", "2"), 7)).isEqualTo(2);
        assertThat(InheritedChannels.countOfSystemd(Map.of("LISTEN_PID", "7", "LISTEN_FDS", "2"), 8)).isZero();
        assertThat(InheritedChannels.countOfSystemd(Map.of("LISTEN_FDS", "2"), 7)).isZero();
        assertThat(InheritedChannels.countOfSystemd(Map.of(), 7)).isZero();
        for (String malformed : List.of("two", "-1", "")) {
            Map<String, String> environment = Map.of("LISTEN_PID", "7", "LISTEN_FDS", malformed);
            assertThatThrownBy(() -> InheritedChannels.countOfSystemd(environment, 7))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("LISTEN_FDS");
        }
    }

    @Test
    void namesAreAsManyAsDescriptors() throws IOException {
        assertThat(InheritedChannels.namesOfSystemd(Map.of("LISTEN_FDNAMES", "http:http:"), 3))
                .containsExactly("http", "http", "");
        assertThat(InheritedChannels.namesOfSystemd(Map.of(), 2)).containsExactly("unknown", "unknown");
        assertThat(InheritedChannels.namesOfSystemd(Map.of("LISTEN_FDNAMES", "another:process's"), 0)).isEmpty();
        assertThatThrownBy(() -> InheritedChannels.namesOfSystemd(Map.of("LISTEN_FDNAMES", "http"), 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("LISTEN_FDNAMES");
    }

    @Test
    void withoutAnyThereIsNone() throws IOException {
        // The tests' own standard input is no socket, or the build's: either way the answer does not change.
        Channel first = KQueueSelectorProvider.instance().inheritedChannel();
        assertThat(KQueueSelectorProvider.instance().inheritedChannel()).isSameAs(first);
    }

    // ---- in a JVM of its own

    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** Echoes one message of each inherited channel, closes it, and tells how its standard input is then. */
    static final class Echo {
        private Echo() {}

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        public static void main(String[] arguments) throws IOException {
            KQueueSelectorProvider provider = new KQueueSelectorProvider();
            if (!provider.inheritedChannel().equals(provider.inheritedChannels().getFirst())) {
                throw new AssertionError("another first channel");
            }
            int closed = 0;
            for (Channel channel : provider.inheritedChannels()) {
                SocketChannel connection = (SocketChannel) channel;
                ByteBuffer message = ByteBuffer.allocate(100);
                connection.read(message);
                message.flip();
                ByteBuffer answer = ByteBuffer.allocate(200).put((byte) ('0' + closed++)).put(message).flip();
                connection.write(answer);
                connection.close();
            }
            int end = System.in.read();
            Files.writeString(Path.of(arguments[0]), "closed " + closed + ", standard input at its end: " + end);
            try {
                // Long enough for the test to see that the connection's end does not wait for the process's.
                Thread.sleep(TimeUnit.SECONDS.toMillis(Long.parseLong(arguments[1])));
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
        }
    }

    /** Prints what each inherited channel of a name holds: a line for each name. */
    static final class Named {
        private Named() {}

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        public static void main(String[] names) throws IOException {
            KQueueSelectorProvider provider = new KQueueSelectorProvider();
            for (String name : names) {
                StringBuilder line = new StringBuilder(name + ":");
                for (Channel channel : provider.inheritedChannels(name)) {
                    ByteBuffer content = ByteBuffer.allocate(100);
                    ((FdChannel) channel).read(content);
                    line.append(' ').append(US_ASCII.decode(content.flip()));
                }
                System.out.println(line);
            }
        }
    }

    /** For a process in another directory. */
    private static String classPath() {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getProperty("java.class.path"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> named(String environment, String... names) throws Exception {
        String script = "exec 3<three 4<four 5<five; export LISTEN_PID=$$ LISTEN_FDS=3 " + environment;
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script + "; exec \"$@\"", "sh", JAVA));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp"));
        command.addAll(List.of(classPath(), Named.class.getName()));
        command.addAll(List.of(names));
        Path directory = Files.createTempDirectory("inherited");
        try {
            for (String file : List.of("three", "four", "five")) {
                Files.writeString(directory.resolve(file), file);
            }
            Process process =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectInput(new File("/dev/null"))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            List<String> lines = process.inputReader().readAllLines();
            assertThat(process.waitFor()).isZero();
            return lines;
        } finally {
            for (String file : List.of("three", "four", "five", "")) {
                Files.delete(directory.resolve(file));
            }
        }
    }

    @Test
    void systemdsDescriptorsAreFoundByTheirNames() throws Exception {
        assertThat(named("LISTEN_FDNAMES=http:admin:http", "http", "admin", "other"))
                .containsExactly("http: three five", "admin: four", "other:");
        assertThat(named("", "unknown", "http")).containsExactly("unknown: three four five", "http:");
    }

    private static String exchange(Socket connection, String message) throws IOException {
        connection.getOutputStream().write(message.getBytes(US_ASCII));
        InputStream in = connection.getInputStream();
        return new String(in.readAllBytes(), US_ASCII);
    }

    private static Process start(String redirection, Path result, int lingerSeconds) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash, which connects sockets to descriptors");
        String java =
                String.format(
                        "exec '%s' -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '%s' '%s' '%s' %d",
                        JAVA, System.getProperty("java.class.path"), Echo.class.getName(), result, lingerSeconds);
        return new ProcessBuilder("/bin/bash", "-c", redirection + java)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void inetdsSocketIsFoundAndItsEndIsSeenAlthoughTheProcessLives() throws Exception {
        Path result = Files.createTempFile("inherited", ".txt");
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            int port = server.getLocalPort();
            String sockets = "exec 0<>/dev/tcp/127.0.0.1/" + port + " 1>&0 2>&0; ";
            Process process = start(sockets, result, 60);
            try (Socket connection = server.accept()) {
                assertThat(exchange(connection, "hello")).isEqualTo("0hello");
                assertThat(process.isAlive()).isTrue();
                while (Files.size(result) == 0) {
                    Thread.sleep(10);
                }
                assertThat(Files.readString(result)).isEqualTo("closed 1, standard input at its end: -1");
            } finally {
                process.destroyForcibly().waitFor();
            }
        } finally {
            Files.delete(result);
        }
    }

    @Test
    void systemdsSocketsAreFoundInTheirOrder() throws Exception {
        Path result = Files.createTempFile("inherited", ".txt");
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String open = "<>/dev/tcp/127.0.0.1/" + server.getLocalPort();
            String sockets = "exec 0</dev/null 3" + open + "; exec 4" + open + "; export LISTEN_PID=$$ LISTEN_FDS=2; ";
            Process process = start(sockets, result, 0);
            try (Socket third = server.accept();
                    Socket fourth = server.accept()) {
                assertThat(exchange(third, "three")).isEqualTo("0three");
                assertThat(exchange(fourth, "four")).isEqualTo("1four");
                assertThat(process.waitFor()).isZero();
                assertThat(Files.readString(result)).isEqualTo("closed 2, standard input at its end: -1");
            } finally {
                process.destroyForcibly().waitFor();
            }
        } finally {
            Files.delete(result);
        }
    }
}
