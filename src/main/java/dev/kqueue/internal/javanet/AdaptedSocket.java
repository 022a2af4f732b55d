package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * What {@link SocketAdaptor} needs of a channel besides the methods of {@link SocketChannel}: calls that wait with a
 * time limit, and addresses that are still known after it is closed.
 */
public interface AdaptedSocket extends AdaptedChannel {
    /** The same object. */
    SocketChannel channel();

    /** Connects, and waits for it in either blocking mode, {@link TimeLimit} nanoseconds at most. */
    void connectBlocking(SocketAddress remote, long nanos) throws IOException;

    /** Reads as {@link java.io.InputStream} does, and waits {@link TimeLimit} nanoseconds at most. */
    int read(ByteBuffer dst, long nanos) throws IOException;

    /** Writes all of the buffer, and waits for it. */
    void writeFully(ByteBuffer src) throws IOException;

    /** As {@link java.io.InputStream#available}. */
    int available() throws IOException;

    /** As {@link java.net.Socket#sendUrgentData}. */
    void writeUrgent(byte data) throws IOException;

    boolean isInputShutdown();

    boolean isOutputShutdown();

    /** The address that the socket is, or was, connected to; null if it never was. */
    SocketAddress remoteAddress();
}
