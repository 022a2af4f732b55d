package dev.kqueue.benchmarks;

import dev.kqueue.benchmarks.pair.Worker;
import dev.kqueue.benchmarks.peer.Peer;

import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A JMH benchmark with one set of its parameters. */
final class MicroCase implements Case {
    private static final Set<String> QUICK =
            Set.of(
                    "SelectNow.nothing registered=1",
                    "InterestChanges.pause changed=100",
                    "Exchange.message size=64 buffer=direct transport=tcp",
                    "PingPong.roundTrip threads=platform",
                    "PingPong.roundTrip threads=virtual",
                    "Churn.acceptClose");

    /** Cases that say little beside others of their kind, or take long to set up. */
    private static final Pattern MANY = Pattern.compile("sources=1\\d|consumer|changed=10000|size=1400");

    private final String benchmark;
    private final Map<String, String> parameters;
    private final Settings settings;

    private MicroCase(String benchmark, Map<String, String> parameters, Settings settings) {
        this.benchmark = benchmark;
        this.parameters = parameters;
        this.settings = settings;
    }

    static List<MicroCase> all(Settings settings) {
        List<MicroCase> cases = new ArrayList<>();
        for (BenchmarkListEntry entry :
                BenchmarkList.defaultList()
                        .find(
                                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                                List.of(".*"),
                                List.of())) {
            for (Map<String, String> parameters : combinations(entry.getParams().orElse(Map.of()))) {
                cases.add(new MicroCase(entry.getUsername(), parameters, settings));
            }
        }
        return cases;
    }

    private static List<Map<String, String>> combinations(Map<String, String[]> choices) {
        List<Map<String, String>> combinations = List.of(Map.of());
        for (Map.Entry<String, String[]> choice : choices.entrySet()) {
            List<Map<String, String>> longer = new ArrayList<>();
            for (Map<String, String> shorter : combinations) {
                for (String value : choice.getValue()) {
                    Map<String, String> one = new LinkedHashMap<>(shorter);
                    one.put(choice.getKey(), value);
                    longer.add(one);
                }
            }
            combinations = longer;
        }
        return combinations;
    }

    /** The class and the method, as JMH knows it. */
    String benchmark() {
        return benchmark;
    }

    @Override
    public String name() {
        String method = benchmark.replaceFirst("^.*\\.(\\w+\\.\\w+)$", "$1");
        return parameters.entrySet().stream()
                .map(parameter -> " " + parameter.getKey() + "=" + parameter.getValue())
                .collect(Collectors.joining("", method, ""));
    }

    @Override
    public String unit() {
        return "ns";
    }

    /** Where the sides are not the same code, there are two only. */
    @Override
    public List<Side> sides(List<Side> wanted) {
        boolean two = benchmark.contains(".Events") || benchmark.contains(".KeventCall");
        return wanted.stream().filter(side -> !two || !side.name().equals(JdkKqueue.NAME)).toList();
    }

    @Override
    public Length shortest() {
        return QUICK.contains(name()) ? Length.QUICK : MANY.matcher(name()).find() ? Length.FULL : Length.SHORT;
    }

    @Override
    public Map<Side, Sample> run(List<Side> sides) throws IOException {
        Map<Side, Peer> peers = new LinkedHashMap<>();
        try {
            Map<Side, Turns.Worker> workers = new LinkedHashMap<>();
            for (Side side : sides) {
                Peer peer = Peer.start(command(side));
                peers.put(side, peer);
                workers.put(side, nanos -> work(peer, nanos));
            }
            for (Peer peer : peers.values()) {
                peer.answer();
            }
            return settings.length().measure(workers, 1, 1);
        } finally {
            for (Peer peer : peers.values()) {
                peer.close();
            }
        }
    }

    private List<String> command(Side side) {
        int dot = benchmark.lastIndexOf('.');
        List<String> command = new ArrayList<>(side.java(Worker.class.getName()));
        command.addAll(1, List.of("-Xmx1g", "-XX:+UseSerialGC"));
        command.addAll(List.of(benchmark.substring(0, dot), benchmark.substring(dot + 1)));
        parameters.forEach((name, value) -> command.add(name + "=" + value));
        return command;
    }

    private static Turns.Slice work(Peer peer, long nanos) throws IOException {
        long cpu = CpuClock.nanos(peer.process());
        String[] words = peer.ask(String.valueOf(nanos)).split(" ");
        return new Turns.Slice(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                CpuClock.nanos(peer.process()) - cpu,
                Long.parseLong(words[2]));
    }
}
