package dev.kqueue.tool;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * The JDK's own HTTP server and client. Neither knows of kqueue-nio: they ask java.nio for channels and selectors, and
 * the system property decides whose they get.
 */
final class HttpDemo {
    private static final int REQUESTS = 1_000;
    private static final int AT_ONCE = 50;

    private HttpDemo() {}

    static void run(Narrator narrator) throws IOException, InterruptedException {
        AtomicInteger served = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), AT_ONCE);
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client = HttpClient.newBuilder().executor(workers).build()) {
            server.createContext(
                    "/",
                    exchange -> {
                        // Before the client can have the answer, and count.
                        served.incrementAndGet();
                        echo(exchange);
                    });
            server.setExecutor(workers);
            server.start();
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            narrator.say("http: " + server.getClass().getName() + " listens at " + uri);
            for (int sent = 0; sent < REQUESTS; sent += AT_ONCE) {
                IntStream.range(sent, sent + AT_ONCE)
                        .mapToObj(number -> post(client, uri, "message " + number))
                        .toList()
                        .forEach(CompletableFuture::join);
                if ((sent + AT_ONCE) % 250 == 0) {
                    narrator.say("http: " + served + " requests served");
                }
            }
        } finally {
            server.stop(0);
        }
        if (served.get() != REQUESTS) {
            throw new IOException("the server served " + served + " of " + REQUESTS + " requests");
        }
    }

    private static void echo(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static CompletableFuture<Void> post(HttpClient client, URI uri, String message) {
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .version(HttpClient.Version.HTTP_1_1)
                        .POST(HttpRequest.BodyPublishers.ofString(message))
                        .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenAccept(
                        response -> {
                            if (response.statusCode() != 200 || !response.body().equals(message)) {
                                throw new IllegalStateException(
                                        "\"" + message + "\" came back as " + response + " " + response.body());
                            }
                        });
    }
}
