package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The socket of a connection. */
@SuppressWarnings({"ReferenceEquality", "AddressSelection"}) // identity and literal addresses are meant
final class SocketBehaviour extends Behaviour {
    @Override
    void run() throws Exception {
        scenario("socket() never connected", this::unconnectedSocket);
        scenario("socket() connected", this::connectedSocket);
        scenario("socket() closed", this::closedSocket);
        scenario("socket() of a non-blocking channel", this::nonBlockingSocket);
        scenario("socket() bad arguments", this::badSocketArguments);
    }

    private void inspect(Socket socket) {
        step("toString", socket::toString);
        step("isBound", socket::isBound);
        step("isConnected", socket::isConnected);
        step("isClosed", socket::isClosed);
        step("isInputShutdown", socket::isInputShutdown);
        step("isOutputShutdown", socket::isOutputShutdown);
        step("getInetAddress", socket::getInetAddress);
        step("getLocalAddress", socket::getLocalAddress);
        step("has port", () -> socket.getPort() > 0 ? "yes" : socket.getPort());
        step("has local port", () -> socket.getLocalPort() > 0 ? "yes" : socket.getLocalPort());
        step("getRemoteSocketAddress", socket::getRemoteSocketAddress);
        step("getLocalSocketAddress", socket::getLocalSocketAddress);
        step("getTcpNoDelay", socket::getTcpNoDelay);
        step("getSoLinger", socket::getSoLinger);
        step("getOOBInline", socket::getOOBInline);
        step("getSoTimeout", socket::getSoTimeout);
        step("getSendBufferSize", () -> socket.getSendBufferSize() > 0);
        step("getReceiveBufferSize", () -> socket.getReceiveBufferSize() > 0);
        step("getKeepAlive", socket::getKeepAlive);
        step("getTrafficClass", socket::getTrafficClass);
        step("getReuseAddress", socket::getReuseAddress);
        step("supportedOptions", () -> names(socket.supportedOptions()));
        step("getOption", () -> socket.getOption(StandardSocketOptions.TCP_NODELAY));
    }

    private void change(Socket socket) {
        change("setTcpNoDelay", () -> socket.setTcpNoDelay(true));
        change("setSoLinger", () -> socket.setSoLinger(true, 5));
        change("setSoLinger off", () -> socket.setSoLinger(false, 5));
        change("setSoLinger huge", () -> socket.setSoLinger(true, 1_000_000));
        change("setSoLinger negative", () -> socket.setSoLinger(true, -1));
        change("setOOBInline", () -> socket.setOOBInline(true));
        change("setSoTimeout", () -> socket.setSoTimeout(50));
        change("setSoTimeout negative", () -> socket.setSoTimeout(-1));
        change("setSendBufferSize", () -> socket.setSendBufferSize(65536));
        change("setSendBufferSize 0", () -> socket.setSendBufferSize(0));
        change("setReceiveBufferSize", () -> socket.setReceiveBufferSize(65536));
        change("setReceiveBufferSize 0", () -> socket.setReceiveBufferSize(0));
        change("setKeepAlive", () -> socket.setKeepAlive(true));
        change("setTrafficClass", () -> socket.setTrafficClass(0x10));
        change("setTrafficClass 256", () -> socket.setTrafficClass(256));
        change("setReuseAddress", () -> socket.setReuseAddress(true));
        change("setPerformancePreferences", () -> socket.setPerformancePreferences(1, 2, 3));
        change("setOption", () -> socket.setOption(StandardSocketOptions.TCP_NODELAY, true));
        change("setOption null", () -> socket.setOption(null, null));
        change("setOption unsupported", () -> socket.setOption(StandardSocketOptions.SO_BROADCAST, true));
    }

    private void unconnectedSocket() throws IOException {
        SocketChannel channel = closing(SocketChannel.open());
        Socket socket = channel.socket();
        step("same socket", () -> channel.socket() == socket);
        step("its channel", () -> socket.getChannel() == channel);
        inspect(socket);
        change(socket);
        step("getInputStream", socket::getInputStream);
        step("getOutputStream", socket::getOutputStream);
        change("shutdownInput", socket::shutdownInput);
        change("shutdownOutput", socket::shutdownOutput);
        change("sendUrgentData", () -> socket.sendUrgentData(1));
        change("bind", () -> socket.bind(new InetSocketAddress(LOOPBACK, 0)));
        change("bind again", () -> socket.bind(null));
        step("isBound at last", socket::isBound);
        step("toString when bound", socket::toString);
        change("bind another to null", () -> closing(SocketChannel.open()).socket().bind(null));
    }

    private void connectedSocket() throws Exception {
        SocketChannel[] pair = pair();
        Socket socket = pair[0].socket();
        inspect(socket);
        change(socket);
        step("getOption SO_LINGER", () -> socket.getOption(StandardSocketOptions.SO_LINGER));
        change("connect again", () -> socket.connect(pair[0].getRemoteAddress()));
        change("connect again with time", () -> socket.connect(pair[0].getRemoteAddress(), 100));
        step("still open", () -> pair[0].isOpen());
        change("bind again", () -> socket.bind(null));
        pair[1].write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}));
        step("read", () -> socket.getInputStream().read());
        step("available", () -> socket.getInputStream().available());
        step("read array", () -> socket.getInputStream().read(new byte[2]));
        step("read nothing", () -> socket.getInputStream().read(new byte[0]));
        step("read bad range", () -> socket.getInputStream().read(new byte[2], 1, 2));
        step("read null", () -> socket.getInputStream().read(null));
        step("skip", () -> socket.getInputStream().skip(1));
        step("readNBytes", () -> socket.getInputStream().readNBytes(1).length);
        step(
                "read with time",
                () -> {
                    socket.setSoTimeout(20);
                    return socket.getInputStream().read();
                });
        step("still open after the time", socket::isClosed);
        change("write", () -> socket.getOutputStream().write(1));
        change("write array", () -> socket.getOutputStream().write(new byte[10], 1, 9));
        change("write nothing", () -> socket.getOutputStream().write(new byte[0]));
        change("write bad range", () -> socket.getOutputStream().write(new byte[2], 1, 2));
        change("write null", () -> socket.getOutputStream().write(null));
        change("flush", () -> socket.getOutputStream().flush());
        change("sendUrgentData", () -> socket.sendUrgentData(1));
        change("shutdownOutput", socket::shutdownOutput);
        change("write after it", () -> socket.getOutputStream().write(1));
        step("getInputStream still", () -> socket.getInputStream() != null);
        change("peer closes", () -> pair[1].close());
        step("end of stream", () -> socket.getInputStream().read());
        step("end of stream again", () -> socket.getInputStream().read(new byte[3]));
        step("end of stream into nothing", () -> socket.getInputStream().read(new byte[0]));
        change("stream closes", () -> socket.getInputStream().close());
        step("closed by it", () -> pair[0].isOpen());
    }

    private void closedSocket() throws IOException {
        SocketChannel channel = pair()[0];
        Socket socket = channel.socket();
        var in = socket.getInputStream();
        var out = socket.getOutputStream();
        SocketAddress remote = channel.getRemoteAddress();
        socket.close();
        step("channel is open", channel::isOpen);
        inspect(socket);
        change(socket);
        change("connect", () -> socket.connect(remote));
        change("connect with time", () -> socket.connect(remote, 10));
        change("bind", () -> socket.bind(null));
        step("getInputStream", socket::getInputStream);
        step("getOutputStream", socket::getOutputStream);
        step("read", in::read);
        step("read nothing", () -> in.read(new byte[0]));
        step("available", in::available);
        change("write", () -> out.write(1));
        change("write nothing", () -> out.write(new byte[0]));
        change("shutdownInput", socket::shutdownInput);
        change("shutdownOutput", socket::shutdownOutput);
        change("sendUrgentData", () -> socket.sendUrgentData(1));
        change("close again", socket::close);
    }

    private void nonBlockingSocket() throws IOException {
        SocketChannel[] pair = pair();
        pair[0].configureBlocking(false);
        pair[1].write(ByteBuffer.allocate(10));
        Socket socket = pair[0].socket();
        step("read", () -> socket.getInputStream().read());
        step(
                "read with time",
                () -> {
                    socket.setSoTimeout(10);
                    return socket.getInputStream().read();
                });
        step("read nothing", () -> socket.getInputStream().read(new byte[0]));
        change("write", () -> socket.getOutputStream().write(1));
        change("write nothing", () -> socket.getOutputStream().write(new byte[0]));
        step("available", () -> socket.getInputStream().available());
        SocketChannel other = closing(SocketChannel.open());
        other.configureBlocking(false);
        SocketAddress remote = pair[0].getRemoteAddress();
        change("connect", () -> other.socket().connect(remote));
        change("connect with time", () -> other.socket().connect(remote, 10));
        step("still open", other::isOpen);
        step("still not connected", other::isConnectionPending);
    }

    private void badSocketArguments() throws IOException {
        Socket socket = closing(SocketChannel.open()).socket();
        change("connect with negative time", () -> socket.connect(new InetSocketAddress(LOOPBACK, 1), -1));
        change("connect null with negative time", () -> socket.connect(null, -1));
        step("getOption null", () -> socket.getOption(null));
    }
}
