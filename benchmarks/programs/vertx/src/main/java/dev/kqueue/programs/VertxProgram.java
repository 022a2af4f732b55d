package dev.kqueue.programs;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;

import java.util.concurrent.TimeUnit;

/** Vert.x on its default transport, which is Netty's NIO. */
public final class VertxProgram extends HttpProgram {
    private final Vertx vertx = Vertx.vertx();
    private HttpServer server;

    @Override
    public void start() throws Exception {
        server =
                vertx.createHttpServer()
                        .requestHandler(request -> request.response().end(answerTo(request.query())))
                        .listen(0, "localhost")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
    }

    @Override
    protected int port() {
        return server.actualPort();
    }

    @Override
    public Class<?> versionOf() {
        return Vertx.class;
    }

    @Override
    protected void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
