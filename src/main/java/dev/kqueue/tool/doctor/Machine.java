package dev.kqueue.tool.doctor;

import dev.kqueue.KQueue;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.jvm.OwnVersion;
import dev.kqueue.internal.libc.Symbols;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The part of the report that describes the machine and its Java, before the self-tests. */
final class Machine {
    private Machine() {}

    static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kqueue-nio", OwnVersion.find().orElse("not from a jar"));
        facts.put("system", Abi.machine());
        facts.put("abi", Abi.HOST.system() + ", " + Abi.HOST.variant() + (Abi.HOST.isForeign() ? ", foreign" : ""));
        facts.put("library", Symbols.library());
        facts.put("java", property("java.vm.name") + " " + property("java.vm.version") + ", " + property("java.home"));
        facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("native access", nativeAccess());
        facts.put("modules absent", absentModules());
        return facts;
    }

    /** What a small runtime image lacks, with what that costs. */
    private static String absentModules() {
        Map<String, String> optional = new LinkedHashMap<>();
        optional.put("jdk.net", "extended socket options");
        optional.put("jdk.unsupported", "signals");
        optional.put("jdk.jfr", "events of Flight Recorder");
        optional.put("java.net.http", "./kq demo over HTTP");
        optional.put("jdk.httpserver", "./kq demo over HTTP");
        optional.keySet().removeIf(name -> ModuleLayer.boot().findModule(name).isPresent());
        return optional.entrySet().stream()
                .map(module -> module.getKey() + " (" + module.getValue() + ")")
                .collect(Collectors.joining(", "));
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
