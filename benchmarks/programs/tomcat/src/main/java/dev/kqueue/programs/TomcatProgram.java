package dev.kqueue.programs;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

import java.io.IOException;
import java.nio.file.Files;

/** Tomcat with its NIO connector. */
public final class TomcatProgram extends HttpProgram {
    private final Tomcat tomcat = new Tomcat();

    @Override
    public void start() throws Exception {
        tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
        tomcat.setHostname("localhost");
        tomcat.setPort(0);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "hello", new Hello());
        context.addServletMappingDecoded("/hello", "hello");
        tomcat.getConnector();
        tomcat.start();
    }

    @Override
    protected int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public Class<?> versionOf() {
        return Tomcat.class;
    }

    @Override
    protected void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
    }

    private static final class Hello extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write(answerTo(request.getQueryString()));
        }
    }
}
