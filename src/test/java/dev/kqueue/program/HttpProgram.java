package dev.kqueue.program;

import com.sun.net.httpserver.HttpServer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's own HTTP server and client, which know nothing of kqueue: bodies of many sizes go there and come back. */
final class HttpProgram {
    private static final int REQUESTS = 400;

    private HttpProgram() {}

    public static void main(String[] args) throws Exception {
        System.out.println("provider " + SelectorProvider.provider().getClass().getName());
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(workers);
            server.createContext(
                    "/",
                    exchange -> {
                        byte[] body = exchange.getRequestBody().readAllBytes();
                        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
                        exchange.getResponseBody().write(body);
                        exchange.close();
                    });
            server.start();
            try {
                URI uri = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
                CompletableFuture<?>[] responses = new CompletableFuture<?>[REQUESTS];
                for (int i = 0; i < REQUESTS; i++) {
                    byte[] body = new byte[i % 20 == 0 ? 300_000 : i * 7];
                    new Random(i).nextBytes(body);
                    HttpRequest request =
                            HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
                    responses[i] =
                            client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                                    .thenAccept(
                                            response -> {
                                                if (response.statusCode() != 200
                                                        || !Arrays.equals(body, response.body())) {
                                                    throw new AssertionError(
                                                            "wrong answer to " + body.length + " bytes");
                                                }
                                            });
                    if (i % 50 == 49) {
                        CompletableFuture.allOf(Arrays.copyOf(responses, i + 1)).join();
                    }
                }
                CompletableFuture.allOf(responses).join();
            } finally {
                server.stop(0);
            }
        }
        System.out.println("served " + REQUESTS);
    }
}
