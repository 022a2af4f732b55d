package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The output stream of a channel's socket: a write returns when all of it is written. */
final class SocketOutput extends OutputStream {
    private final AdaptedSocket adapted;

    SocketOutput(AdaptedSocket adapted) {
        this.adapted = adapted;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length > 0) {
            adapted.writeFully(ByteBuffer.wrap(bytes, offset, length));
        }
    }

    @Override
    public void close() throws IOException {
        adapted.channel().close();
    }
}
