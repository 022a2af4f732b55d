package dev.kqueue.programs;

import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;

import java.io.IOException;

/** Grizzly's HTTP server. */
public final class GrizzlyProgram extends HttpProgram {
    private final HttpServer server = new HttpServer();
    private final NetworkListener listener = new NetworkListener("listener", "localhost", 0);

    @Override
    public void start() throws Exception {
        server.addListener(listener);
        server.getServerConfiguration()
                .addHttpHandler(
                        new HttpHandler() {
                            @Override
                            public void service(Request request, Response response) throws IOException {
                                response.getWriter().write(answerTo(request.getQueryString()));
                            }
                        },
                        "/hello");
        server.start();
    }

    @Override
    protected int port() {
        return listener.getPort();
    }

    @Override
    public Class<?> versionOf() {
        return HttpServer.class;
    }

    @Override
    protected void stop() {
        server.shutdownNow();
    }
}
