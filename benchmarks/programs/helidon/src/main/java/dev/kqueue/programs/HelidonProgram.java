package dev.kqueue.programs;

import io.helidon.webserver.WebServer;

/** Helidon's server: a virtual thread that blocks for each connection. */
public final class HelidonProgram extends HttpProgram {
    private WebServer server;

    @Override
    public void start() {
        server =
                WebServer.builder()
                        .host("localhost")
                        .port(0)
                        .routing(
                                routing ->
                                        routing.get(
                                                "/hello",
                                                (request, response) ->
                                                        response.send(answerTo(request.query().rawValue()))))
                        .build()
                        .start();
    }

    @Override
    protected int port() {
        return server.port();
    }

    @Override
    public Class<?> versionOf() {
        return WebServer.class;
    }

    @Override
    protected void stop() {
        server.stop();
    }
}
