package dev.kqueue.benchmarks.report;

import java.util.List;

/** A group of cases in the report: those whose names begin so. */
record Chapter(String prefix, String title, String text) {
    static final List<Chapter> ALL =
            List.of(
                    new Chapter(
                            "Startup",
                            "The start of a program",
                            "Fresh processes by turns, 20 for each side: the time from main until the first"
                                + " `selectNow`, until the first connection is accepted and answered by a thread of"
                                + " that kind, or until so many HTTP requests by the JDK's HttpClient are answered by"
                                + " its HttpServer. CPU time is that of the whole process. `floor` is a bare program"
                                + " that links the one shape of functions that a first selectNow takes, and calls"
                                + " epoll_wait. With `aot` each side has an AOT cache (JEP 514) of the same program."),
                    new Chapter(
                            "SelectNow",
                            "A select that finds nothing",
                            "`selectNow` with 1 to 10,000 idle connections registered."),
                    new Chapter(
                            "SelectReady",
                            "A select that finds much",
                            "10,000 connections registered, 1 to 10,000 of them readable; each ready key is visited,"
                                + " and taken out of the selected-key set (`selectedKeys`) or handed to an action"
                                + " (`consumer`). The JDK's selector reports at most 1,024 keys at once, so it is asked"
                                + " until all have been visited."),
                    new Chapter(
                            "InterestChanges",
                            "Changes of interest",
                            "10,000 connections registered, 1 to 10,000 of them change their interest: `pause` to"
                                + " nothing and back to reading, with a select after each; `answer` to writing, until"
                                + " all have been visited as writable, and back to reading."),
                    new Chapter(
                            "Wakeup",
                            "Wakeups",
                            "`ownThread`: wakeup, then a select that returns at once. `notWaiting`: wakeup from another"
                                + " thread of a selector that is polled. `waiting`: two threads that wake each other in"
                                + " turn, there and back."),
                    new Chapter(
                            "Churn",
                            "Connections that come and go",
                            "Beside 1,000 that stay. `registerCancel`: register, select, cancel, select. `acceptClose`:"
                                + " connect (by `java.net.Socket`, the JDK's on every side), accept, register, close."
                                + " `connect`: connect a channel to a `java.net.ServerSocket`, the JDK's on every side,"
                                + " and close."),
                    new Chapter(
                            "Exchange",
                            "A message from one end to the other, on one thread",
                            "Write, select, read: what a message costs without the time that waking another thread"
                                    + " takes."),
                    new Chapter(
                            "Datagrams",
                            "Datagrams with addresses",
                            "`send` and `receive` on a channel that is not connected."),
                    new Chapter(
                            "Streaming",
                            "64 KiB at a time, one way",
                            "To and from another process, which is the same on every side, with a selector for when the"
                                    + " socket is full or empty."),
                    new Chapter(
                            "PingPong",
                            "Blocking channels",
                            "Two threads on blocking channels: 64 bytes there and back."),
                    new Chapter(
                            "Blocking",
                            "Blocking accepts and connects",
                            "One at a time, on a thread of either kind. The other end is a `java.net.Socket` or"
                                    + " `java.net.ServerSocket`, the JDK's on every side."),
                    new Chapter(
                            "Echo",
                            "An echo server under load",
                            "The server is a process of its own, with one thread and one selector; the client, on the"
                                + " JDK's provider for every side, has one message under way on each connection. `flip`"
                                + " changes interest from reading to writing and back for each message. `platform` and"
                                + " `virtual` have a thread for each connection instead of a selector. C is a bare"
                                + " epoll loop: the limit. The CPU time is the server's alone; the time is that between"
                                + " two answers, and is often the client's."),
                    new Chapter(
                            "NettyEcho",
                            "Netty's echo",
                            "Netty on java.nio with either provider, and on its own native epoll transport."),
                    new Chapter(
                            "Http",
                            "HTTP servers, unmodified",
                            "The same load on HTTP servers that know nothing of kqueue-nio. The JDK's HttpServer,"
                                    + " Netty, Jetty and Tomcat with their defaults."),
                    new Chapter(
                            "Memory",
                            "Memory of an idle connection",
                            "Heap and native memory for a connected channel with its key, in bytes."),
                    new Chapter(
                            "Events",
                            "Events that are not I/O",
                            "A change of a file, the end of a process, a signal, a timer: from its cause until the"
                                    + " program has it, against what the JDK has for it."),
                    new Chapter(
                            "KeventCall",
                            "The call itself",
                            "`KQueue.kevent` with nothing to report, against the bare system call (epoll_wait on Linux,"
                                    + " kevent elsewhere) through `java.lang.foreign`."),
                    new Chapter(
                            "KeventCounts",
                            "kevent calls, counted",
                            "The JDK's own KQueueSelectorImpl and ours on the very same kqueue, 100 connections. `idle`"
                                + " and `ready` (100 readable) are one select; `wakeup` a wakeup and a select; `pause`,"
                                + " `answer` and `register` change all 100 and change them back, with a select after"
                                + " each."));

    boolean has(String name) {
        return name.startsWith(prefix);
    }

    /** What a ratio in this chapter says. */
    String axis() {
        return switch (prefix) {
            case "Memory" -> "times less than the JDK";
            case "KeventCounts" -> "times fewer kevent calls than the JDK's";
            case "KeventCall" -> "times as fast as the bare call";
            default -> "times as fast as the JDK";
        };
    }

    /** Of its chart. */
    String file() {
        return prefix.toLowerCase(java.util.Locale.ROOT) + ".svg";
    }
}
