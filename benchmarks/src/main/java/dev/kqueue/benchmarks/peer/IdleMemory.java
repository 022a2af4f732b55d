package dev.kqueue.benchmarks.peer;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Measures what connections cost that do nothing. Wants the serial collector and -XX:NativeMemoryTracking=summary. */
public final class IdleMemory {
    private IdleMemory() {}

    /** Argument: how many. Prints bytes of heap and of native memory for each. */
    public static void main(String[] arguments) throws IOException, JMException, InterruptedException {
        int count = Integer.parseInt(arguments[0]);
        try (Selector selector = Selector.open();
                Connections first = registered(selector, 100)) {
            // Once in vain: what the measuring loads is not to be measured.
            heap();
            outside();
            long heap = heap();
            long outside = outside();
            try (Connections connections = registered(selector, count)) {
                System.out.printf("%s %s%n", (heap() - heap) / (double) count, (outside() - outside) / (double) count);
                keep(connections);
            }
            keep(first);
        }
    }

    private static Connections registered(Selector selector, int count) throws IOException {
        Connections connections = new Connections(count);
        for (var channel : connections.channels()) {
            channel.register(selector, SelectionKey.OP_READ);
        }
        // As a selector in use does: what registering alone has needed may be given back meanwhile.
        for (int i = 0; i < 100; i++) {
            selector.selectNow();
        }
        return connections;
    }

    private static void keep(Connections connections) {
        if (connections.channels().isEmpty()) {
            throw new AssertionError();
        }
    }

    private static long heap() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * What is allocated for programs: by Unsafe, by arenas of java.lang.foreign, and by the JDK's native code. What the
     * collector has found unused is given back on a thread of its own: counted until it does not change any more.
     */
    private static long outside() throws JMException, InterruptedException {
        long bytes = accounted();
        while (true) {
            Thread.sleep(100);
            long later = accounted();
            if (later >= bytes) {
                return later;
            }
            bytes = later;
        }
    }

    private static long accounted() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        String summary =
                (String)
                        server.invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "vmNativeMemory",
                                new Object[] {new String[] {"summary", "scale=B"}},
                                new String[] {String[].class.getName()});
        Matcher matcher =
                Pattern.compile("(?:Other|Internal) \\(reserved=\\d+(?:B)?, committed=(\\d+)").matcher(summary);
        long bytes = 0;
        while (matcher.find()) {
            bytes += Long.parseLong(matcher.group(1));
        }
        if (bytes == 0) {
            throw new IllegalStateException("no account of native memory: " + summary);
        }
        return bytes;
    }
}
