package dev.kqueue.tool;

import dev.kqueue.Filter;
import dev.kqueue.KQueue;

import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Says what this machine offers: see {@code ./kq doctor}. */
final class Doctor {
    private Doctor() {}

    static void run() throws IOException {
        line("java", property("java.vm.name") + " " + property("java.vm.version") + ", " + property("java.home"));
        line("native access", nativeAccess());
        try (KQueue kqueue = KQueue.open()) {
            line("kqueue", kqueue.toString());
            line("filters", filters(kqueue::supports));
            line("absent", filters(filter -> !kqueue.supports(filter)));
        } catch (UnsupportedOperationException e) {
            line("kqueue", "none: " + e.getMessage());
            System.exit(1);
        }
        line("provider", SelectorProvider.provider().getClass().getName());
    }

    private static void line(String name, String value) {
        System.out.println("%-15s%s".formatted(name, value));
    }

    private static String property(String name) {
        return System.getProperty(name);
    }

    private static String nativeAccess() {
        return KQueue.class.getModule().isNativeAccessEnabled()
                ? "granted"
                : "the JVM warns once; --enable-native-access=ALL-UNNAMED keeps it quiet";
    }

    private static String filters(Predicate<Filter> chosen) {
        return Arrays.stream(Filter.values()).filter(chosen).map(Filter::cName).collect(Collectors.joining(" "));
    }
}
