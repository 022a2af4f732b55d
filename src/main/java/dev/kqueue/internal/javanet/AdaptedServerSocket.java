package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** What {@link ServerSocketAdaptor} needs of a channel besides the methods of {@link ServerSocketChannel}. */
public interface AdaptedServerSocket {
    /** The same object. */
    ServerSocketChannel channel();

    /** Accepts a connection, and waits {@link TimeLimit} nanoseconds at most; null if the channel does not block. */
    SocketChannel accept(long nanos) throws IOException;

    boolean isBound();

    /** The local address; null if the socket is not bound, or the kernel does not report it. */
    SocketAddress localAddressIfTold();
}
