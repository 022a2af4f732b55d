package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The input stream of a channel's socket: blocking reads, for as long as the socket's timeout permits. */
final class SocketInput extends InputStream {
    private final AdaptedSocket adapted;
    private final SocketAdaptor socket;

    SocketInput(AdaptedSocket adapted, SocketAdaptor socket) {
        this.adapted = adapted;
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return length == 0 ? 0 : adapted.read(ByteBuffer.wrap(bytes, offset, length), socket.readNanos());
    }

    @Override
    public int available() throws IOException {
        return adapted.available();
    }

    @Override
    public void close() throws IOException {
        adapted.channel().close();
    }
}
