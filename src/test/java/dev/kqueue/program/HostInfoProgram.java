package dev.kqueue.program;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;

/** Prints the messages of what fails with an address, without the ports. */
final class HostInfoProgram {
    private HostInfoProgram() {}

    public static void main(String[] args) throws Exception {
        InetSocketAddress refusing = refusing();
        say("open", () -> SocketChannel.open(refusing));
        say("connect", () -> SocketChannel.open().connect(refusing));
        say("connect to any", () -> SocketChannel.open().connect(new InetSocketAddress("0.0.0.0", refusing.getPort())));
        say("finishConnect", () -> finishConnect(refusing));
        say("socket", () -> connect(refusing, 0));
        say("socket with a timeout", () -> connect(refusing, 10_000));
        say("name", () -> connect(InetSocketAddress.createUnresolved("no.such.host", 1), 0));
        say("unix", () -> SocketChannel.open(UnixDomainSocketAddress.of("/no/such/socket")));
        say("closed", HostInfoProgram::closed);
        say("everybody", () -> SocketChannel.open(new InetSocketAddress("255.255.255.255", 9)));
        say("bind", () -> ServerSocketChannel.open().bind(new InetSocketAddress("192.0.2.1", 0)));
        say("datagrams", () -> DatagramChannel.open().connect(new InetSocketAddress("255.255.255.255", 9)));
    }

    private static InetSocketAddress refusing() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return (InetSocketAddress) listener.getLocalAddress();
        }
    }

    private static Object finishConnect(InetSocketAddress to) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(to);
        while (!channel.finishConnect()) {
            Thread.onSpinWait();
        }
        return channel;
    }

    private static Object connect(InetSocketAddress to, int millis) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.socket().connect(to, millis);
        return channel;
    }

    private static Object closed() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.close();
        return channel.connect(refusing());
    }

    private static void say(String what, Callable<?> operation) throws Exception {
        try {
            System.out.println(what + ": " + operation.call());
        } catch (IOException failure) {
            System.out.println(what + ": " + failure.toString().replaceAll(":\\d{4,5}\\b", ":PORT"));
        }
    }
}
