package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketImpl;

/**
 * Stands where the sockets of java.net keep their implementation. The sockets of channels override every method, so
 * that none gets here; one that a later release of Java adds fails loudly, instead of opening a second socket.
 */
final class NoSocketImpl extends SocketImpl {
    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("not supported by the socket of a channel");
    }

    @Override
    protected void create(boolean stream) {
        throw unsupported();
    }

    @Override
    protected void connect(String host, int port) {
        throw unsupported();
    }

    @Override
    protected void connect(InetAddress address, int port) {
        throw unsupported();
    }

    @Override
    protected void connect(SocketAddress address, int timeout) {
        throw unsupported();
    }

    @Override
    protected void bind(InetAddress host, int port) {
        throw unsupported();
    }

    @Override
    protected void listen(int backlog) {
        throw unsupported();
    }

    @Override
    protected void accept(SocketImpl socket) throws IOException {
        throw unsupported();
    }

    @Override
    protected InputStream getInputStream() {
        throw unsupported();
    }

    @Override
    protected OutputStream getOutputStream() {
        throw unsupported();
    }

    @Override
    protected int available() {
        throw unsupported();
    }

    @Override
    protected void close() {
        throw unsupported();
    }

    @Override
    protected void sendUrgentData(int data) {
        throw unsupported();
    }

    @Override
    public Object getOption(int option) {
        throw unsupported();
    }

    @Override
    public void setOption(int option, Object value) {
        throw unsupported();
    }
}
