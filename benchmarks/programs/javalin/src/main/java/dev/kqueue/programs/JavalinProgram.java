package dev.kqueue.programs;

import io.javalin.Javalin;

/** Javalin, on Jetty. */
public final class JavalinProgram extends HttpProgram {
    private Javalin server;

    @Override
    public void start() {
        server =
                Javalin.create(config -> config.showJavalinBanner = false)
                        .get("/hello", context -> context.result(answerTo(context.queryString())))
                        .start("localhost", 0);
    }

    @Override
    protected int port() {
        return server.port();
    }

    @Override
    public Class<?> versionOf() {
        return Javalin.class;
    }

    @Override
    protected void stop() {
        server.stop();
    }
}
