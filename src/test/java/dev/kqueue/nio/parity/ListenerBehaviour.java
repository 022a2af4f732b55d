package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A listener and its socket. */
@SuppressWarnings({"ReferenceEquality", "AddressSelection"}) // identity and literal addresses are meant
final class ListenerBehaviour extends Behaviour {
    @Override
    void run() throws Exception {
        scenario("a listener never bound", this::unboundListener);
        scenario("a listener", this::listener);
        scenario("a closed listener", this::closedListener);
        scenario("socket() of a listener", this::serverSocket);
        scenario("socket() of a closed listener", this::closedServerSocket);
    }

    private void unboundListener() throws IOException {
        ServerSocketChannel listener = closing(ServerSocketChannel.open());
        step("toString", listener::toString);
        step("accept", listener::accept);
        step("getLocalAddress", listener::getLocalAddress);
        step("validOps", listener::validOps);
        step("socket accept", () -> listener.socket().accept());
        step("bind(null)", () -> listener.bind(null).getLocalAddress());
        step("toString when bound", listener::toString);
        step("bind again", () -> listener.bind(null));
        step("backlog -1", () -> closing(ServerSocketChannel.open()).bind(null, -1) != null);
    }

    private void listener() throws IOException {
        ServerSocketChannel listener = listening();
        step("toString", listener::toString);
        step("getLocalAddress", listener::getLocalAddress);
        listener.configureBlocking(false);
        step("accept nothing", listener::accept);
        SocketChannel client = closing(SocketChannel.open(listener.getLocalAddress()));
        SocketChannel accepted = closing(listener.accept());
        inspect(accepted);
        step("same address", () -> accepted.getRemoteAddress().equals(client.getLocalAddress()));
        step("accepted socket is connected", () -> accepted.socket().isConnected());
        step("accepted socket is bound", () -> accepted.socket().isBound());
        step("provider", () -> accepted.provider() == listener.provider());
    }

    private void closedListener() throws IOException {
        ServerSocketChannel listener = listening();
        listener.close();
        step("toString", listener::toString);
        step("accept", listener::accept);
        step("bind", () -> listener.bind(null));
        step("getLocalAddress", listener::getLocalAddress);
        step("getOption", () -> listener.getOption(StandardSocketOptions.SO_RCVBUF));
        step("setOption", () -> listener.setOption(StandardSocketOptions.SO_RCVBUF, 1));
        step("configureBlocking", () -> listener.configureBlocking(false));
    }

    private void inspect(ServerSocket socket) {
        step("toString", socket::toString);
        step("isBound", socket::isBound);
        step("isClosed", socket::isClosed);
        step("getInetAddress", socket::getInetAddress);
        step("has local port", () -> socket.getLocalPort() > 0 ? "yes" : socket.getLocalPort());
        step("getLocalSocketAddress", socket::getLocalSocketAddress);
        step("getSoTimeout", socket::getSoTimeout);
        step("getReuseAddress", socket::getReuseAddress);
        step("getReceiveBufferSize", () -> socket.getReceiveBufferSize() > 0);
        step("supportedOptions", () -> names(socket.supportedOptions()));
        step("getOption", () -> socket.getOption(StandardSocketOptions.SO_REUSEADDR));
        step("getOption unsupported", () -> socket.getOption(StandardSocketOptions.TCP_NODELAY));
        change("setSoTimeout", () -> socket.setSoTimeout(20));
        change("setSoTimeout negative", () -> socket.setSoTimeout(-1));
        change("setReuseAddress", () -> socket.setReuseAddress(true));
        change("setReceiveBufferSize", () -> socket.setReceiveBufferSize(65536));
        change("setReceiveBufferSize 0", () -> socket.setReceiveBufferSize(0));
        change("setPerformancePreferences", () -> socket.setPerformancePreferences(1, 2, 3));
        change("setOption", () -> socket.setOption(StandardSocketOptions.SO_REUSEADDR, true));
        change("setOption unsupported", () -> socket.setOption(StandardSocketOptions.TCP_NODELAY, true));
    }

    private void serverSocket() throws IOException {
        ServerSocketChannel listener = closing(ServerSocketChannel.open());
        ServerSocket socket = listener.socket();
        step("same socket", () -> listener.socket() == socket);
        step("its channel", () -> socket.getChannel() == listener);
        inspect(socket);
        step("accept unbound", socket::accept);
        change("bind", () -> socket.bind(null));
        change("bind again", () -> socket.bind(null));
        inspect(socket);
        step("accept with time", socket::accept);
        step("still open", listener::isOpen);
        SocketChannel client = closing(SocketChannel.open(new InetSocketAddress(LOOPBACK, socket.getLocalPort())));
        step("accept", () -> closing(socket.accept()));
        listener.configureBlocking(false);
        step("accept non-blocking", socket::accept);
        client.close();
        change("backlog negative", () -> closing(ServerSocketChannel.open()).socket().bind(null, -1));
    }

    private void closedServerSocket() throws IOException {
        ServerSocketChannel listener = listening();
        ServerSocket socket = listener.socket();
        socket.close();
        step("channel is open", listener::isOpen);
        inspect(socket);
        step("accept", socket::accept);
        change("bind", () -> socket.bind(null));
        change("close again", socket::close);
    }
}
