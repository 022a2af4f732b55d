package dev.kqueue.benchmarks;

import dev.kqueue.benchmarks.peer.Peer;
import dev.kqueue.benchmarks.startup.Floor;
import dev.kqueue.benchmarks.startup.Startup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/**
 * What a program does first, in fresh processes by turns: the value is the time since main, the CPU time that of the
 * whole process, the start of the JVM included. The provider is on the class path, since a JVM with an agent cannot use
 * an AOT cache.
 */
final class StartupCase implements Case {
    private static final String FLOOR = "floor";

    /** Processes a side: the start of a JVM varies more than work that is warm. */
    private static final int PROCESSES = 20;

    private final List<String> arguments;
    private final boolean hasCache;
    private final Map<String, Path> caches = new HashMap<>();
    private final Set<String> counted = new HashSet<>();

    /** Written once: an AOT cache is of jars that do not change. */
    private Path programs;

    private StartupCase(List<String> arguments, boolean hasCache) {
        this.arguments = arguments;
        this.hasCache = hasCache;
    }

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (boolean hasCache : new boolean[] {false, true}) {
            cases.add(new StartupCase(List.of("selectNow"), hasCache));
            cases.add(new StartupCase(List.of("platform"), hasCache));
            cases.add(new StartupCase(List.of("virtual"), hasCache));
            cases.add(new StartupCase(List.of("http", "200"), hasCache));
            cases.add(new StartupCase(List.of("http", "5000"), hasCache));
        }
        return cases;
    }

    @Override
    public String name() {
        return "Startup first=" + String.join("-", arguments) + " cache=" + (hasCache ? "aot" : "none");
    }

    @Override
    public String unit() {
        return "ns";
    }

    @Override
    public Length shortest() {
        return !hasCache && List.of("selectNow", "200").contains(arguments.getLast()) ? Length.QUICK : Length.SHORT;
    }

    @Override
    public int rounds(int wanted) {
        return PROCESSES;
    }

    @Override
    public List<Side> sides(List<Side> wanted) {
        List<Side> sides = new ArrayList<>(wanted);
        sides.removeIf(side -> side.name().equals(JdkKqueue.NAME));
        if (Side.isLinux() && arguments.contains("selectNow")) {
            sides.add(new Side(FLOOR, Side.jdk().jvm()));
        }
        return sides;
    }

    @Override
    public Map<Side, Sample> run(List<Side> sides) throws IOException, InterruptedException {
        Map<Side, Sample> samples = new LinkedHashMap<>();
        for (Side side : sides) {
            List<String> flags = new ArrayList<>();
            if (hasCache) {
                if (!caches.containsKey(side.name())) {
                    caches.put(side.name(), train(side));
                }
                flags.add("-XX:AOTCache=" + caches.get(side.name()));
            }
            samples.put(side, start(command(side, flags), counted.add(side.name())));
        }
        return samples;
    }

    private Path train(Side side) throws IOException, InterruptedException {
        Path cache = Bench.LOGS.resolve((name() + " " + side.name() + ".aot").replace(' ', '-')).toAbsolutePath();
        Files.deleteIfExists(cache);
        try (Peer peer = Peer.start(command(side, List.of("-XX:AOTCacheOutput=" + cache)))) {
            peer.answer();
            // The cache is written when the program ends, and a second JVM writes it.
            peer.finish();
        }
        if (!Files.exists(cache)) {
            throw new IOException("no AOT cache was written: see peers.log");
        }
        return cache;
    }

    private List<String> command(Side side, List<String> flags) throws IOException {
        boolean isOurs = side.name().equals(Side.OURS) && !side.jvm().equals(Side.jdk().jvm());
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(flags);
        command.add("--enable-native-access=ALL-UNNAMED");
        if (isOurs) {
            command.add("-D" + Side.PROVIDER + "=dev.kqueue.nio.KQueueSelectorProvider");
        }
        command.add("-cp");
        if (programs == null) {
            programs = programs();
        }
        command.add(isOurs ? programs + ":" + System.getProperty("kqueue.jar") : programs.toString());
        command.add((side.name().equals(FLOOR) ? Floor.class : Startup.class).getName());
        command.addAll(arguments);
        return command;
    }

    /**
     * A jar of the programs alone: that of the benchmarks names a dozen libraries, and each class that is looked for
     * would be looked for in all of them. A jar and not a folder, which an AOT cache cannot have.
     */
    private static Path programs() throws IOException {
        Path jar = Bench.LOGS.resolve("startup.jar").toAbsolutePath();
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Class<?> program : List.of(Startup.class, Floor.class)) {
                String name = program.getName().replace('.', '/') + ".class";
                out.putNextEntry(new ZipEntry(name));
                try (InputStream in = program.getResourceAsStream("/" + name)) {
                    in.transferTo(out);
                }
            }
        }
        return jar;
    }

    /** The number of classes is the same each time, and jstat takes as long as the program. */
    private static Sample start(List<String> command, boolean isFirst) throws IOException, InterruptedException {
        try (Peer peer = Peer.start(command)) {
            double nanos = Double.parseDouble(peer.answer());
            double cpu = CpuClock.nanos(peer.process());
            Map<String, Double> extras = new LinkedHashMap<>();
            if (Side.isLinux()) {
                extras.put("rss", resident(peer.process().pid()));
            }
            if (isFirst) {
                extras.put("classes", classes(peer.process().pid()));
            }
            return new Sample(List.of(nanos), List.of(cpu), extras);
        }
    }

    private static double resident(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return 1024 * Double.parseDouble(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("process " + pid + " has no resident memory");
    }

    /** As jstat(1) reads it from outside, so that asking loads none. */
    private static double classes(long pid) throws IOException, InterruptedException {
        Process jstat =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jstat").toString(),
                                "-class",
                                String.valueOf(pid))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String output = new String(jstat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jstat.waitFor() != 0) {
            throw new IOException("jstat failed: " + output);
        }
        return Double.parseDouble(output.lines().skip(1).findFirst().orElseThrow().strip().split(" +")[0]);
    }
}
