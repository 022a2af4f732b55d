package dev.kqueue.benchmarks.startup;

import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** What a program does first, once, in a process of its own. */
public final class Startup {
    private Startup() {}

    /**
     * Arguments: "selectNow", "platform" or "virtual" (the first accepted and answered connection, with a thread of
     * that kind), or "http" and the number of requests. Prints the nanoseconds that it took, and ends with its input.
     */
    public static void main(String[] arguments) throws Exception {
        long start = System.nanoTime();
        switch (arguments[0]) {
            case "selectNow" -> selectNow();
            case "platform" -> connection(Thread.ofPlatform());
            case "virtual" -> connection(Thread.ofVirtual());
            case "http" -> http(Integer.parseInt(arguments[1]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println(System.nanoTime() - start);
        // What the process needed is read from outside while it waits here.
        System.in.read();
        System.exit(0);
    }

    private static void selectNow() throws IOException {
        try (Selector selector = Selector.open()) {
            selector.selectNow();
        }
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static void connection(Thread.Builder threads) throws IOException, InterruptedException {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback())) {
            Thread server = threads.start(() -> answerOne(listener));
            try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
                ByteBuffer buffer = ByteBuffer.allocate(1);
                client.write(buffer);
                client.read(buffer.clear());
            }
            server.join();
        }
    }

    private static void answerOne(ServerSocketChannel listener) {
        try (SocketChannel channel = listener.accept()) {
            ByteBuffer buffer = ByteBuffer.allocate(1);
            channel.read(buffer);
            channel.write(buffer.flip());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void http(int requests) throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(loopback(), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, 2);
                    exchange.getResponseBody().write(new byte[] {'o', 'k'});
                    exchange.close();
                });
        server.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:%d/".formatted(server.getAddress().getPort()));
            HttpRequest request = HttpRequest.newBuilder(uri).build();
            for (int i = 0; i < requests; i++) {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() != 200) {
                    throw new IOException(response.toString());
                }
            }
        }
        server.stop(0);
    }
}
