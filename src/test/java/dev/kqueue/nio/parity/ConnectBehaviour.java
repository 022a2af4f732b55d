package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Connecting and binding: refusals, bad addresses, protocol families. */
@SuppressWarnings({"ReferenceEquality", "AddressSelection"}) // identity and literal addresses are meant
final class ConnectBehaviour extends Behaviour {
    @Override
    void run() throws Exception {
        scenario("connect refused", this::refused);
        scenario("non-blocking connect", this::nonBlockingConnect);
        scenario("bad addresses", this::badAddresses);
        scenario("bind", this::bind);
        scenario("families", this::families);
    }

    private SocketAddress refusing() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            return listener.bind(new InetSocketAddress(LOOPBACK, 0)).getLocalAddress();
        }
    }

    private void refused() throws IOException {
        SocketAddress refusing = refusing();
        SocketChannel channel = closing(SocketChannel.open());
        step("connect", () -> channel.connect(refusing));
        step("isOpen", channel::isOpen);
        step("SocketChannel.open", () -> SocketChannel.open(refusing));
        SocketChannel nonBlocking = closing(SocketChannel.open());
        nonBlocking.configureBlocking(false);
        step(
                "connect and finish",
                () -> {
                    if (nonBlocking.connect(refusing)) {
                        return "connected";
                    }
                    while (!nonBlocking.finishConnect()) {
                        Thread.onSpinWait();
                    }
                    return "connected";
                });
        step("isOpen afterwards", nonBlocking::isOpen);
        step("finishConnect afterwards", nonBlocking::finishConnect);
        step("isConnectionPending afterwards", nonBlocking::isConnectionPending);
        SocketChannel adapted = closing(SocketChannel.open());
        step(
                "connect of the socket",
                () -> {
                    adapted.socket().connect(refusing, 10_000);
                    return "connected";
                });
        step("isOpen of the adapted", adapted::isOpen);
    }

    private void nonBlockingConnect() throws IOException {
        ServerSocketChannel listener = listening();
        SocketChannel channel = closing(SocketChannel.open());
        channel.configureBlocking(false);
        boolean connected = channel.connect(listener.getLocalAddress());
        step(
                "accept",
                () -> {
                    closing(listener.accept());
                    return "accepted";
                });
        step(
                "finish",
                () -> {
                    boolean finished = connected;
                    while (!finished) {
                        finished = channel.finishConnect();
                    }
                    return finished;
                });
        step("finish again", channel::finishConnect);
        step("read", () -> channel.read(ByteBuffer.allocate(8)));
        step("scatter", () -> channel.read(two(8)));
        step("toString", channel::toString);
        listener.close();
    }

    private void badAddresses() throws IOException {
        SocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 80);
        SocketAddress foreign =
                new SocketAddress() {
                    private static final long serialVersionUID = 1L;
                };
        for (SocketAddress address : new SocketAddress[] {unresolved, foreign, null}) {
            String kind = address == null ? "null" : address == foreign ? "foreign" : "unresolved";
            SocketChannel channel = closing(SocketChannel.open());
            ServerSocketChannel listener = closing(ServerSocketChannel.open());
            if (address != null) {
                step("bind " + kind, () -> channel.bind(address));
                step("bind listener " + kind, () -> listener.bind(address));
                step(
                        "socket bind " + kind,
                        () -> {
                            channel.socket().bind(address);
                            return "fine";
                        });
                step(
                        "server socket bind " + kind,
                        () -> {
                            listener.socket().bind(address);
                            return "fine";
                        });
                step("SocketChannel.open " + kind, () -> SocketChannel.open(address));
            }
            step("connect " + kind, () -> channel.connect(address));
            step("still open after " + kind, channel::isOpen);
            step(
                    "socket connect " + kind,
                    () -> {
                        closing(SocketChannel.open()).socket().connect(address);
                        return "fine";
                    });
            step(
                    "open after socket connect " + kind,
                    () -> {
                        SocketChannel other = closing(SocketChannel.open());
                        try {
                            other.socket().connect(address);
                        } catch (IOException | IllegalArgumentException expected) {
                            return other.isOpen();
                        }
                        return "connected";
                    });
        }
        InetSocketAddress linkLocal = new InetSocketAddress("fe80::1", 9);
        step("bind to a link-local address without scope", () -> closing(SocketChannel.open()).bind(linkLocal));
        step(
                "bind a listener to a link-local address without scope",
                () -> closing(ServerSocketChannel.open()).bind(linkLocal));
        step("connect to a link-local address without scope", () -> closing(SocketChannel.open()).connect(linkLocal));
        step("connect to port 0", () -> closing(SocketChannel.open()).connect(new InetSocketAddress(LOOPBACK, 0)));
    }

    private void bind() throws IOException {
        SocketChannel channel = closing(SocketChannel.open());
        step("bind", () -> channel.bind(new InetSocketAddress(LOOPBACK, 0)) == channel);
        inspect(channel);
        step("bind again", () -> channel.bind(null));
        step("bind again to a bad address", () -> channel.bind(InetSocketAddress.createUnresolved("x.invalid", 1)));
        step("bind(null)", () -> closing(SocketChannel.open()).bind(null).getLocalAddress());
        step("bind wildcard", () -> closing(SocketChannel.open()).bind(new InetSocketAddress(0)).getLocalAddress());
        ServerSocketChannel taken = listening();
        step("bind to a taken address", () -> closing(SocketChannel.open()).bind(taken.getLocalAddress()));
        step("bind a listener there", () -> closing(ServerSocketChannel.open()).bind(taken.getLocalAddress()));
        step(
                "bind to a foreign address",
                () -> closing(SocketChannel.open()).bind(new InetSocketAddress("192.0.2.1", 0)));
        SocketChannel connecting = closing(SocketChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0));
        step("connect a bound channel", () -> connecting.connect(taken.getLocalAddress()));
        step("toString", connecting::toString);
    }

    private void families() throws IOException {
        ProtocolFamily inet = StandardProtocolFamily.INET;
        ProtocolFamily inet6 = StandardProtocolFamily.INET6;
        ProtocolFamily other = () -> "OTHER";
        step("open null", () -> SocketChannel.open((ProtocolFamily) null));
        step("open listener null", () -> ServerSocketChannel.open(null));
        step("open other", () -> SocketChannel.open(other));
        step("open listener other", () -> ServerSocketChannel.open(other));
        SocketChannel four = closing(SocketChannel.open(inet));
        step("IPv4 binds IPv6", () -> four.bind(new InetSocketAddress("::1", 0)));
        step("IPv4 connects IPv6", () -> four.connect(new InetSocketAddress("::1", 1)));
        step(
                "IPv4 socket connects IPv6",
                () -> {
                    closing(SocketChannel.open(inet)).socket().connect(new InetSocketAddress("::1", 1));
                    return "fine";
                });
        step("IPv4 options", () -> names(four.supportedOptions()));
        step("IPv4 binds null", () -> four.bind(null).getLocalAddress());
        ServerSocketChannel listener = closing(ServerSocketChannel.open(inet6)).bind(new InetSocketAddress(0));
        step("IPv6 listener", listener::getLocalAddress);
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        for (String host : new String[] {"127.0.0.1", "::1", "0.0.0.0", "::"}) {
            step(
                    "connect to " + host,
                    () -> {
                        try (SocketChannel client = SocketChannel.open(new InetSocketAddress(host, port));
                                SocketChannel accepted = listener.accept()) {
                            return client + " " + accepted;
                        }
                    });
        }
        ServerSocketChannel four2 = closing(ServerSocketChannel.open(inet)).bind(null);
        step("IPv4 listener", four2::getLocalAddress);
        int port4 = ((InetSocketAddress) four2.getLocalAddress()).getPort();
        step("IPv6 to an IPv4 listener", () -> SocketChannel.open(new InetSocketAddress("::1", port4)));
        step(
                "IPv4 to an IPv4 listener",
                () -> {
                    try (SocketChannel client = closing(SocketChannel.open(inet))) {
                        return client.connect(new InetSocketAddress("127.0.0.1", port4));
                    }
                });
    }
}
