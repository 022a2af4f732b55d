package dev.kqueue.benchmarks;

import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** JMH itself, side after side: for single figures, and for profiles. Its figures are not good for ratios. */
final class Single {
    private Single() {}

    /** Prints what JMH prints. */
    static void run(Settings settings, List<Case> cases) throws IOException {
        List<String> benchmarks =
                cases.stream()
                        .filter(MicroCase.class::isInstance)
                        .map(one -> ((MicroCase) one).benchmark())
                        .distinct()
                        .toList();
        for (Side side : settings.sides()) {
            System.out.println("\n# Side: " + side.name());
            try {
                new Runner(options(side, benchmarks, settings.jmh().orElseThrow()).build()).run();
            } catch (RunnerException | CommandLineOptionException e) {
                throw new IOException(e);
            }
        }
    }

    private static ChainedOptionsBuilder options(Side side, List<String> benchmarks, List<String> jmh)
            throws CommandLineOptionException {
        List<String> flags = new ArrayList<>(side.jvm());
        flags.add("--enable-native-access=ALL-UNNAMED");
        flags.add("--sun-misc-unsafe-memory-access=allow"); // JMH's own
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .parent(new CommandLineOptions(jmh.toArray(String[]::new)))
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .addProfiler(GCProfiler.class)
                        .addProfiler(CpuProfiler.class)
                        .shouldFailOnError(true)
                        .jvmArgsAppend(flags.toArray(String[]::new));
        benchmarks.forEach(benchmark -> options.include("^" + Pattern.quote(benchmark) + "$"));
        return options;
    }
}
