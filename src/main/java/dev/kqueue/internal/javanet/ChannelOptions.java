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

    static <T> void set(NetworkChannel channel, SocketOption<T> option, T value) throws SocketException {
        try {
            channel.setOption(option, value);
        } catch (IOException thrown) {
            throw SocketExceptions.socketException(thrown);
        }
    }
}
