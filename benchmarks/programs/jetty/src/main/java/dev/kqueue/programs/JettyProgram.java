package dev.kqueue.programs;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** Jetty with its ServerConnector. */
public final class JettyProgram extends HttpProgram {
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);

    @Override
    public void start() throws Exception {
        connector.setHost("localhost");
        server.addConnector(connector);
        server.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback) {
                        Content.Sink.write(response, true, answerTo(request.getHttpURI().getQuery()), callback);
                        return true;
                    }
                });
        server.start();
    }

    @Override
    protected int port() {
        return connector.getLocalPort();
    }

    @Override
    public Class<?> versionOf() {
        return Server.class;
    }

    @Override
    protected void stop() throws Exception {
        server.stop();
    }
}
