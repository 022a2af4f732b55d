package dev.kqueue.benchmarks;

import dev.kqueue.benchmarks.programs.JdkHttp;
import dev.kqueue.benchmarks.programs.JettyHttp;
import dev.kqueue.benchmarks.programs.NettyServer;
import dev.kqueue.benchmarks.programs.TomcatHttp;

import java.util.ArrayList;
import java.util.List;

/** Programs that know nothing of us, unmodified. */
final class ProgramCases {
    private static final String EPOLL = "Netty epoll";

    /** It is much code, and is not compiled in a second. */
    private static final int WARM_UP = 6;

    private ProgramCases() {}

    static List<Case> all(Settings settings) {
        List<Case> cases = new ArrayList<>();
        for (int connections : new int[] {64, 1_000}) {
            cases.add(http("JDK", JdkHttp.class, connections, settings));
            cases.add(netty("http", connections, settings));
            cases.add(http("Jetty", JettyHttp.class, connections, settings));
            cases.add(http("Tomcat", TomcatHttp.class, connections, settings));
        }
        cases.add(netty("echo", 64, settings));
        cases.add(netty("echo", 1_000, settings));
        return cases;
    }

    private static Case http(String program, Class<?> main, int connections, Settings settings) {
        return new LoadCase(
                "Http program=%s connections=%d".formatted(program, connections),
                "http",
                connections,
                0,
                side -> side.java(main.getName()),
                List.of(),
                connections > 64 ? Length.FULL : program.equals("JDK") ? Length.QUICK : Length.SHORT,
                WARM_UP,
                settings);
    }

    private static Case netty(String protocol, int connections, Settings settings) {
        String kind = protocol.equals("http") ? "Http program=Netty" : "NettyEcho";
        return new LoadCase(
                "%s connections=%d".formatted(kind, connections),
                protocol,
                connections,
                64,
                side -> {
                    List<String> command = side.java(NettyServer.class.getName());
                    command.addAll(List.of(side.name().equals(EPOLL) ? "epoll" : "nio", protocol));
                    return command;
                },
                Side.isLinux() ? List.of(new Side(EPOLL, Side.jdk().jvm())) : List.of(),
                connections == 64 ? Length.SHORT : protocol.equals("echo") ? Length.SHORT : Length.FULL,
                WARM_UP,
                settings);
    }
}
