package dev.kqueue.programs;

import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import java.net.URI;

/** Reactor Netty, with its native transports switched off: those use no selector provider. */
public final class ReactorNettyProgram extends HttpProgram {
    private DisposableServer server;

    @Override
    public void start() {
        server =
                HttpServer.create()
                        .host("localhost")
                        .port(0)
                        .handle(
                                (request, response) ->
                                        response.sendString(Mono.just(answerTo(URI.create(request.uri()).getQuery()))))
                        .bindNow();
    }

    @Override
    protected int port() {
        return server.port();
    }

    @Override
    public Class<?> versionOf() {
        return HttpServer.class;
    }

    @Override
    protected void stop() {
        server.disposeNow();
    }
}
