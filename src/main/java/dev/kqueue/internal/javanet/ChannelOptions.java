package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;

/** Reads and sets the options of a channel, for methods of java.net that throw a SocketException. */
final class ChannelOptions {
    private ChannelOptions() {}

    static <T> T get(NetworkChannel channel, SocketOption<T> option) throws SocketException {
        try {
            return channel.getOption(option);
        } catch (IOException thrown) {
            throw SocketExceptions.socketException(thrown);
        }
    }

    /** Sets the size of a buffer. */
    static void setSize(NetworkChannel channel, SocketOption<Integer> option, int size) throws SocketException {
        if (size <= 0) {
            throw new IllegalArgumentException("not a buffer size: " + size);
        }
        set(channel, option, size);
    }

    static <T> void set(NetworkChannel channel, SocketOption<T> option, T value) throws SocketException {
        try {
            channel.setOption(option, value);
        } catch (IOException thrown) {
            throw SocketExceptions.socketException(thrown);
        }
    }
}
