package dev.kqueue.guide;

import jdk.net.ExtendedSocketOptions;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A Unix-domain socket that answers each client with the user it runs as, by the kernel's word. */
public final class UnixServer {
    private UnixServer() {}

    public static void main(String[] arguments) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(arguments[0]);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            System.out.println("listening at " + address);
            while (true) {
                try (SocketChannel client = listener.accept()) {
                    String user = client.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
                    client.write(StandardCharsets.UTF_8.encode("hello " + user));
                }
            }
        }
    }
}
