package dev.kqueue.guide;

import dev.kqueue.nio.KQueueSelectorProvider;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Started by systemd or inetd: a listener to accept from, or one connection to serve. */
public final class SocketActivation {
    private SocketActivation() {}

    public static void main(String[] arguments) throws IOException {
        for (Channel inherited : KQueueSelectorProvider.instance().inheritedChannels()) {
            switch (inherited) {
                case ServerSocketChannel listener -> {
                    try (SocketChannel connection = listener.accept()) {
                        answer(connection);
                    }
                }
                case SocketChannel connection -> {
                    try (connection) {
                        answer(connection);
                    }
                }
                default -> throw new IOException(inherited + " is neither a listener nor a connection");
            }
        }
    }

    private static void answer(SocketChannel connection) throws IOException {
        connection.write(StandardCharsets.US_ASCII.encode("activated"));
    }
}
