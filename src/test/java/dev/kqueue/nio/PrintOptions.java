package dev.kqueue.nio;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Comparator;

/**
 * A program that prints the options of channels: their kind, name, type and default, and what is read back of values.
 * It runs in a JVM whose provider is the JDK's.
 */
public final class PrintOptions {
    private PrintOptions() {}

    /** Values that are tried with every option whose type they are. */
    static final Object[] VALUES = {true, false, -1, 0, 1, 5, 255, 256, 65535, 65536, 100_000, Integer.MAX_VALUE};

    /** How options are read and set: of a channel, or of a descriptor. */
    public interface Access {
        Object get(SocketOption<?> option) throws IOException;

        <T> void set(SocketOption<T> option, T value) throws IOException;
    }

    public static void main(String[] arguments) throws IOException {
        for (StandardProtocolFamily family :
                new StandardProtocolFamily[] {StandardProtocolFamily.INET, StandardProtocolFamily.INET6}) {
            print(family + " stream", SocketChannel.open(family));
            print(family + " listener", ServerSocketChannel.open(family));
            print(family + " datagram", DatagramChannel.open(family));
        }
        print("UNIX stream", SocketChannel.open(StandardProtocolFamily.UNIX));
        print("UNIX listener", ServerSocketChannel.open(StandardProtocolFamily.UNIX));
    }

    private static void print(String kind, NetworkChannel channel) throws IOException {
        Access access =
                new Access() {
                    @Override
                    public Object get(SocketOption<?> option) throws IOException {
                        return channel.getOption(option);
                    }

                    @Override
                    public <T> void set(SocketOption<T> option, T value) throws IOException {
                        channel.setOption(option, value);
                    }
                };
        channel.supportedOptions().stream()
                .sorted(Comparator.comparing(SocketOption::name))
                .forEach(option -> System.out.println(kind + " " + describe(option, access)));
        channel.close();
    }

    /** The option's name, type, default, and for each value what comes of it: an exception's type, or a value. */
    public static String describe(SocketOption<?> option, Access access) {
        StringBuilder text = new StringBuilder();
        text.append(option.name()).append(' ').append(option.type().getSimpleName()).append(' ');
        text.append(outcome(() -> access.get(option)));
        for (Object value : VALUES) {
            if (option.type().isInstance(value)) {
                text.append(' ').append(value).append("->").append(outcome(() -> setAndGet(option, value, access)));
            }
        }
        return text.toString();
    }

    private static <T> Object setAndGet(SocketOption<T> option, Object value, Access access) throws IOException {
        access.set(option, option.type().cast(value));
        return access.get(option);
    }

    private interface Action {
        Object run() throws IOException;
    }

    private static String outcome(Action action) {
        try {
            return String.valueOf(action.run());
        } catch (IOException | RuntimeException e) {
            return e.getClass().getSimpleName();
        }
    }
}
