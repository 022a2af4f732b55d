package dev.kqueue.tool.doctor;

import dev.kqueue.KQueue;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Symbols;

import java.util.LinkedHashMap;
import java.util.Map;

/** The part of the report that describes the machine and its Java, before the self-tests. */
final class Machine {
    private Machine() {}

    static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kqueue-nio", version());
        facts.put("system", Abi.machine());
        facts.put("abi", Abi.HOST.system() + ", " + Abi.HOST.variant() + (Abi.HOST.isForeign() ? ", foreign" : ""));
        facts.put("library", Symbols.library());
        facts.put("java", property("java.vm.name") + " " + property("java.vm.version") + ", " + property("java.home"));
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("native access", nativeAccess());
        return facts;
    }

    /** Of the jar, if this comes from one. */
    private static String version() {
        String version = Machine.class.getPackage().getImplementationVersion();
        return version == null ? "not from a jar" : version;
    }

    private static String property(String name) {
        return System.getProperty(name);
    }

    private static String nativeAccess() {
        return KQueue.class.getModule().isNativeAccessEnabled()
                ? "granted"
                : "the JVM warns once; --enable-native-access=ALL-UNNAMED keeps it quiet";
    }
}
