package dev.kqueue.programs;

import com.sun.net.httpserver.HttpServer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's HttpServer with a thread for each request. */
public final class JdkHttpProgram extends HttpProgram {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;

    @Override
    public void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(
                "/hello",
                exchange -> {
                    byte[] answer = answerTo(exchange.getRequestURI().getQuery()).getBytes();
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
    }

    @Override
    protected int port() {
        return server.getAddress().getPort();
    }

    @Override
    public Class<?> versionOf() {
        return Object.class;
    }

    @Override
    protected void stop() {
        server.stop(0);
        threads.shutdownNow();
    }
}
