package dev.kqueue.nio.parity;

import jdk.net.ExtendedSocketOptions;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What Unix-domain channels do, on whatever provider this JVM has: a program that prints it. */
@SuppressWarnings("ReferenceEquality") // identity is meant
final class UnixBehaviour extends Behaviour {
    private final Path directory;

    private UnixBehaviour(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] args) throws Exception {
        all().forEach(System.out::println);
    }

    static List<String> all() throws Exception {
        Path directory = Files.createTempDirectory("unix");
        try {
            return new UnixBehaviour(directory)
                    .lines().stream().map(line -> line.replace(directory.toString(), "DIR")).toList();
        } finally {
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }

    @Override
    void run() throws Exception {
        scenario("unix never bound", this::neverBound);
        scenario("unix binds", this::binds);
        scenario("unix connects", this::connects);
        scenario("unix unnamed listener", this::unnamedListener);
        scenario("unix options", this::options);
        scenario("unix failures", this::failures);
        scenario("unix reads and writes", this::readsAndWrites);
        scenario("unix half-closes", this::halfCloses);
        scenario("unix does not block", this::nonBlocking);
        scenario("unix closed", this::closed);
    }

    private SocketChannel client() throws IOException {
        return closing(SocketChannel.open(StandardProtocolFamily.UNIX));
    }

    private ServerSocketChannel server() throws IOException {
        return closing(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
    }

    private UnixDomainSocketAddress named(String name) {
        return UnixDomainSocketAddress.of(directory.resolve(name));
    }

    /** The channel's own words for itself do not name what it is made by. */
    private static String said(Object channel) {
        return channel.toString().replaceFirst("^.*ServerSocketChannel(Impl)?\\[", "listener[");
    }

    private void neverBound() throws IOException {
        inspect(client());
        ServerSocketChannel server = server();
        step("getLocalAddress", server::getLocalAddress);
        step("accept", server::accept);
        step("toString", () -> said(server));
        step("socket", () -> client().socket());
        step("server socket", server::socket);
        step("read", () -> client().read(ByteBuffer.allocate(1)));
        step("write", () -> client().write(ByteBuffer.allocate(1)));
    }

    private void binds() throws IOException {
        SocketChannel client = client();
        step("bind null", () -> client.bind(null) == client);
        inspect(client);
        step("bind again", () -> client.bind(named("x")));
        step("bind unnamed", () -> client().bind(UnixDomainSocketAddress.of("")).getLocalAddress());
        step("bind", () -> client().bind(named("a")).getLocalAddress());
        step("bind to the same", () -> client().bind(named("a")));
        step("server to the same", () -> server().bind(named("a")));
        step("server", () -> server().bind(named("b")).getLocalAddress());
        step("file is there", () -> Files.exists(directory.resolve("b")));
        step("with space and more", () -> server().bind(named("with späce")).getLocalAddress());
        step("in no directory", () -> server().bind(named("no/such/directory")));
        step("foreign", () -> server().bind(new InetSocketAddress(0)));
        step("foreign client", () -> client().bind(new InetSocketAddress(0)));
        step("inet to unix", () -> closing(ServerSocketChannel.open()).bind(named("c")));
        step("long", () -> server().bind(UnixDomainSocketAddress.of("/tmp/" + "x".repeat(200))).getClass());
    }

    private void connects() throws IOException {
        ServerSocketChannel server = server().bind(named("server"));
        SocketChannel client = client();
        step("connect", () -> client.connect(named("server")));
        inspect(client);
        SocketChannel accepted = closing(server.accept());
        inspect(accepted);
        step("toString", () -> said(server));
        step("connect again", () -> client.connect(named("server")));
        SocketChannel bound = client().bind(named("client"));
        step("connect bound", () -> bound.connect(named("server")));
        inspect(bound);
        inspect(closing(server.accept()));
        step("open connected", () -> closing(SocketChannel.open(named("server"))).getRemoteAddress());
        server.close();
        step("file stays", () -> Files.exists(directory.resolve("server")));
        step("connect to closed", () -> client().connect(named("server")));
    }

    private void unnamedListener() throws IOException {
        ServerSocketChannel server = server().bind(null);
        Path path = ((UnixDomainSocketAddress) server.getLocalAddress()).getPath();
        step("directory", path::getParent);
        step("file is there", () -> Files.exists(path));
        step("name", () -> path.getFileName().toString().replaceAll("[0-9]+", "N"));
        step("connect", () -> closing(SocketChannel.open(server.getLocalAddress())).isConnected());
        Files.delete(path);
    }

    private void options() throws IOException {
        for (NetworkChannel channel : new NetworkChannel[] {client(), server()}) {
            Set<String> names = new TreeSet<>();
            channel.supportedOptions().forEach(option -> names.add(option.name()));
            step("supported", () -> names);
            channel.supportedOptions().stream()
                    .sorted(Comparator.comparing(SocketOption::name))
                    .forEach(option -> step(option.name(), option::type));
            step("nodelay", () -> channel.setOption(StandardSocketOptions.TCP_NODELAY, true));
            step("buffer", () -> channel.setOption(StandardSocketOptions.SO_RCVBUF, 10_000) == channel);
            step("buffer", () -> channel.getOption(StandardSocketOptions.SO_RCVBUF));
            step("linger", () -> channel.setOption(StandardSocketOptions.SO_LINGER, 7) == channel);
            step("linger", () -> channel.getOption(StandardSocketOptions.SO_LINGER));
        }
        ServerSocketChannel server = server().bind(named("credentials"));
        SocketChannel client = closing(SocketChannel.open(named("credentials")));
        step("client's peer", () -> client.getOption(ExtendedSocketOptions.SO_PEERCRED));
        SocketChannel accepted = closing(server.accept());
        step("server's peer", () -> accepted.getOption(ExtendedSocketOptions.SO_PEERCRED));
        step(
                "is the owner",
                () -> accepted.getOption(ExtendedSocketOptions.SO_PEERCRED).user().equals(Files.getOwner(directory)));
        step("set null", () -> client.setOption(ExtendedSocketOptions.SO_PEERCRED, null));
    }

    private void failures() throws IOException {
        Files.createFile(directory.resolve("file"));
        for (SocketAddress address :
                new SocketAddress[] {named("none"), named("file"), new InetSocketAddress(1), null}) {
            SocketChannel client = client();
            step("connect to " + address, () -> client.connect(address));
            step("still open", client::isOpen);
        }
        step("inet to unix", () -> closing(SocketChannel.open()).connect(named("none")));
        step("connect unnamed", () -> client().connect(UnixDomainSocketAddress.of("")));
    }

    private SocketChannel[] unixPair(String name) throws IOException {
        ServerSocketChannel server = server().bind(named(name));
        SocketChannel client = closing(SocketChannel.open(named(name)));
        return new SocketChannel[] {client, closing(server.accept())};
    }

    private void readsAndWrites() throws IOException {
        SocketChannel[] pair = unixPair("io");
        step("write", () -> pair[0].write(ByteBuffer.allocate(10)));
        step("read", () -> pair[1].read(ByteBuffer.allocateDirect(20)));
        step("gather", () -> pair[1].write(two(5)));
        step("scatter", () -> pair[0].read(two(5)));
        pair[0].close();
        step("read the end", () -> pair[1].read(ByteBuffer.allocate(1)));
        step("write to closed", () -> pair[1].write(ByteBuffer.allocate(1)));
    }

    private void halfCloses() throws IOException {
        SocketChannel[] pair = unixPair("half");
        step("shutdownOutput", () -> pair[0].shutdownOutput() == pair[0]);
        step("write", () -> pair[0].write(ByteBuffer.allocate(1)));
        step("read the end", () -> pair[1].read(ByteBuffer.allocate(1)));
        step("shutdownInput", () -> pair[0].shutdownInput() == pair[0]);
        step("read", () -> pair[0].read(ByteBuffer.allocate(1)));
        step("toString", () -> pair[0].toString());
    }

    private void nonBlocking() throws IOException {
        ServerSocketChannel server = server().bind(named("nb"));
        server.configureBlocking(false);
        step("accept nothing", server::accept);
        SocketChannel client = client();
        client.configureBlocking(false);
        step("connect", () -> client.connect(named("nb")));
        step("finishConnect", client::finishConnect);
        step("read nothing", () -> client.read(ByteBuffer.allocate(1)));
        SocketChannel refused = client();
        refused.configureBlocking(false);
        step("connect to none", () -> refused.connect(named("none")));
    }

    private void closed() throws IOException {
        SocketChannel client = client();
        client.close();
        inspect(client);
        step("bind", () -> client.bind(null));
        step("connect", () -> client.connect(named("x")));
        step("get", () -> client.getOption(StandardSocketOptions.SO_RCVBUF));
        step("socket", client::socket);
        ServerSocketChannel server = server();
        server.close();
        step("server bind", () -> server.bind(null));
        step("accept", server::accept);
        step("getLocalAddress", server::getLocalAddress);
        step("toString", () -> said(server));
    }
}
