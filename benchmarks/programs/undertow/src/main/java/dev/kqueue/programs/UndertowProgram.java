package dev.kqueue.programs;

import io.undertow.Undertow;

import java.net.InetSocketAddress;

/** Undertow on XNIO. */
public final class UndertowProgram extends HttpProgram {
    private Undertow server;

    @Override
    public void start() {
        server =
                Undertow.builder()
                        .addHttpListener(0, "localhost")
                        .setHandler(exchange -> exchange.getResponseSender().send(answerTo(exchange.getQueryString())))
                        .build();
        server.start();
    }

    @Override
    protected int port() {
        return ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
    }

    @Override
    public Class<?> versionOf() {
        return Undertow.class;
    }

    @Override
    protected void stop() {
        server.stop();
    }
}
