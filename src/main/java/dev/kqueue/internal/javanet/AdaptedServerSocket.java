package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** What {@link ServerSocketAdaptor} needs of a channel besides the methods of {@link ServerSocketChannel}. */
public interface AdaptedServerSocket extends AdaptedChannel {
    /** The same object. */
    ServerSocketChannel channel();

    /** Accepts a connection, and waits {@link TimeLimit} nanoseconds at most; null if the channel does not block. */
    SocketChannel accept(long nanos) throws IOException;
}
