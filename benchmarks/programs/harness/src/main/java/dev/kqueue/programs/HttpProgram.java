package dev.kqueue.programs;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A server that answers GET /hello?n=N with "hello N", and the JDK's client. */
public abstract class HttpProgram implements Program {
    private HttpClient client;

    /** The port which {@link #start} has bound. */
    protected abstract int port();

    /** The body of the answer to a request, which each program computes with this. */
    public static String answerTo(String query) {
        return "hello " + query.substring(query.indexOf('=') + 1);
    }

    /** A port that is free, for servers which do not tell the port that they have bound. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Makes the one client that all threads share, as the JDK's documentation asks. */
    protected HttpClient newClient() throws Exception {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    protected String scheme() {
        return "http";
    }

    @Override
    public final Client connect() throws Exception {
        if (client == null) {
            client = newClient();
        }
        HttpClient shared = client;
        String address = scheme() + "://localhost:" + port() + "/hello?n=";
        return new Client() {
            @Override
            public void request(int number) throws Exception {
                HttpRequest request = HttpRequest.newBuilder(URI.create(address + number)).build();
                HttpResponse<String> response = shared.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() != 200 || !response.body().equals("hello " + number)) {
                    throw new IOException("status " + response.statusCode() + ", body " + response.body());
                }
            }

            @Override
            public void close() {}
        };
    }

    /** Stops the server. */
    protected abstract void stop() throws Exception;

    @Override
    public final void close() throws Exception {
        if (client != null) {
            client.close();
        }
        stop();
    }
}
