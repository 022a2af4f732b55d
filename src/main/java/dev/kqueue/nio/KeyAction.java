package dev.kqueue.nio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.util.function.Consumer;

/**
 * What a program does with a key that is ready; it may throw {@link IOException}, as reads and writes do.
 *
 * {@snippet :
 * selector.select(key -> {
 *     SocketChannel channel = (SocketChannel) key.channel();
 *     channel.read(buffer);
 * });
 * }
 *
 * <p>A lambda that is given to {@link KQueueSelector#select(KeyAction)} is one. It is a {@link Consumer} too, so that
 * it can be given to any {@link java.nio.channels.Selector}.
 */
@FunctionalInterface
public interface KeyAction extends Consumer<SelectionKey> {
    /**
     * Handles one key.
     *
     * @throws IOException to end the selection operation, which throws it
     */
    void run(SelectionKey key) throws IOException;

    /**
     * Calls {@link #run}.
     *
     * @throws UncheckedIOException if that throws IOException
     */
    @Override
    @SuppressWarnings("FunctionalInterfaceMethodChanged") // it is the same call, but for the exception's type
    default void accept(SelectionKey key) {
        try {
            run(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
