package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Options of connections and listeners. */
@SuppressWarnings({"ReferenceEquality", "AddressSelection"}) // identity and literal addresses are meant
final class OptionBehaviour extends Behaviour {
    @Override
    void run() throws Exception {
        scenario("options", this::options);
    }

    private void options() throws IOException {
        SocketChannel channel = closing(SocketChannel.open());
        step("supported", () -> names(channel.supportedOptions()));
        for (SocketOption<?> option : sorted(channel.supportedOptions())) {
            if (!option.name().equals("SO_SNDBUF") && !option.name().equals("SO_RCVBUF")) {
                step("default " + option.name(), () -> channel.getOption(option));
            }
        }
        option(channel, StandardSocketOptions.SO_KEEPALIVE, true);
        option(channel, StandardSocketOptions.SO_REUSEADDR, true);
        option(channel, StandardSocketOptions.SO_LINGER, 5);
        option(channel, StandardSocketOptions.SO_LINGER, 0);
        option(channel, StandardSocketOptions.SO_LINGER, -1);
        option(channel, StandardSocketOptions.SO_LINGER, -7);
        option(channel, StandardSocketOptions.SO_LINGER, 100_000);
        option(channel, StandardSocketOptions.TCP_NODELAY, true);
        option(channel, StandardSocketOptions.IP_TOS, 0x10);
        option(channel, StandardSocketOptions.IP_TOS, 256);
        option(channel, StandardSocketOptions.SO_SNDBUF, 65536);
        option(channel, StandardSocketOptions.SO_RCVBUF, 65536);
        option(channel, StandardSocketOptions.SO_SNDBUF, -1);
        option(channel, StandardSocketOptions.SO_RCVBUF, 0);
        option(channel, StandardSocketOptions.SO_KEEPALIVE, null);
        option(channel, StandardSocketOptions.SO_BROADCAST, true);
        option(channel, StandardSocketOptions.IP_MULTICAST_TTL, 1);
        wrongType(channel);
        ServerSocketChannel listener = listening();
        step("listener supported", () -> names(listener.supportedOptions()));
        for (SocketOption<?> option : sorted(listener.supportedOptions())) {
            if (!option.name().equals("SO_RCVBUF")) {
                step("listener default " + option.name(), () -> listener.getOption(option));
            }
        }
        step("listener sets SO_LINGER", () -> listener.setOption(StandardSocketOptions.SO_LINGER, 1));
        step("listener gets TCP_NODELAY", () -> listener.getOption(StandardSocketOptions.TCP_NODELAY));
        step("listener sets null", () -> listener.setOption(null, 1));
        step("listener sets to null", () -> listener.setOption(StandardSocketOptions.SO_RCVBUF, null));
    }

    private static List<SocketOption<?>> sorted(Set<SocketOption<?>> options) {
        List<SocketOption<?>> sorted = new ArrayList<>(options);
        sorted.sort(Comparator.comparing(SocketOption::name));
        return sorted;
    }

    private <T> void option(SocketChannel channel, SocketOption<T> option, T value) {
        step("set " + option.name() + " " + value, () -> channel.setOption(option, value) == channel);
        if (option != StandardSocketOptions.SO_SNDBUF && option != StandardSocketOptions.SO_RCVBUF) {
            step("get " + option.name(), () -> channel.getOption(option));
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private void wrongType(SocketChannel channel) {
        step("wrong type", () -> channel.setOption((SocketOption) StandardSocketOptions.SO_KEEPALIVE, 1));
    }
}
