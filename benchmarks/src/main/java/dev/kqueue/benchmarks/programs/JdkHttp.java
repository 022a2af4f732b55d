package dev.kqueue.benchmarks.programs;

import com.sun.net.httpserver.HttpServer;

import dev.kqueue.benchmarks.load.Servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The JDK's HttpServer as it comes: its selector's thread does the work. */
public final class JdkHttp {
    private static final byte[] BODY = Servers.body();

    private JdkHttp() {}

    /** Prints the port; ends with its input. */
    public static void main(String[] arguments) throws IOException {
        // Or it would answer in two segments, and wait for the acknowledgement of the first.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
        server.createContext(
                "/",
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, BODY.length);
                    exchange.getResponseBody().write(BODY);
                    exchange.close();
                });
        server.start();
        Servers.announce(server.getAddress().getPort());
    }
}
