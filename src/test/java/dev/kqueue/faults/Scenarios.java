package dev.kqueue.faults;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** All scenarios, by their names. */
final class Scenarios {
    private Scenarios() {}

    static final Map<String, Supplier<Scenario>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("echo by selector", EchoScenario::new);
        ALL.put("connect by selector", ConnectScenario::new);
        ALL.put("blocking on platform threads", () -> new BlockingScenario(false));
        ALL.put("blocking on virtual threads", () -> new BlockingScenario(true));
        ALL.put("datagrams", DatagramScenario::new);
        ALL.put("Unix-domain sockets", () -> new UnixScenario(false));
        ALL.put("passed channels", () -> new UnixScenario(true));
        ALL.put("pipe", PipeScenario::new);
        ALL.put("files", FilesScenario::new);
        ALL.put("processes", () -> new EventsScenario(EventsScenario.Kind.PROCESS));
        ALL.put("timers", () -> new EventsScenario(EventsScenario.Kind.TIMER));
        ALL.put("user events", () -> new EventsScenario(EventsScenario.Kind.USER));
        ALL.put("signals", () -> new EventsScenario(EventsScenario.Kind.SIGNAL));
        ALL.put("piped process", PipedProcessScenario::new);
        ALL.put("sent file", SendFileScenario::new);
        ALL.put("descriptors of others", FdChannelScenario::new);
        ALL.put("raw kqueue", RawScenario::new);
    }
}
