package dev.kqueue.benchmarks;

import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A JMH benchmark with one set of its parameters. */
final class MicroCase implements Case {
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
    public Sample run(Side side) throws IOException {
        Path log = Bench.LOGS.resolve((name() + " " + side.name() + ".log").replace(' ', '-'));
        try {
            return sample(new Runner(options(side, log).build()).run());
        } catch (RunnerException | CommandLineOptionException e) {
            throw new IOException(log.toString(), e);
        }
    }

    private ChainedOptionsBuilder options(Side side, Path log) throws CommandLineOptionException {
        List<String> flags = new ArrayList<>(side.jvm());
        flags.add("--enable-native-access=ALL-UNNAMED");
        flags.add("--sun-misc-unsafe-memory-access=allow"); // JMH's own
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .parent(new CommandLineOptions(settings.jmh().toArray(String[]::new)))
                        .include("^" + Pattern.quote(benchmark) + "$")
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .forks(1)
                        .addProfiler(GCProfiler.class)
                        .addProfiler(CpuProfiler.class)
                        .shouldFailOnError(true)
                        .output(log.toString())
                        .jvmArgsAppend(flags.toArray(String[]::new));
        Length length = settings.length();
        options.warmupIterations(length.warmUps).warmupTime(TimeValue.milliseconds(length.warmUpMillis));
        options.measurementIterations(length.measurements)
                .measurementTime(TimeValue.milliseconds(length.measurementMillis));
        parameters.forEach(options::param);
        return options;
    }

    private static Sample sample(Collection<RunResult> results) {
        RunResult run = results.iterator().next();
        List<Double> values = new ArrayList<>();
        for (IterationResult iteration : run.getBenchmarkResults().iterator().next().getIterationResults()) {
            values.add(iteration.getPrimaryResult().getScore());
        }
        Map<String, Double> extras = new LinkedHashMap<>();
        for (String label : run.getSecondaryResults().keySet()) {
            double score = run.getSecondaryResults().get(label).getScore();
            if (label.endsWith("gc.alloc.rate.norm")) {
                extras.put("B/op", score);
            } else if (label.endsWith("cpu")) {
                extras.put("cpu", score);
            }
        }
        return new Sample(values, extras);
    }
}
