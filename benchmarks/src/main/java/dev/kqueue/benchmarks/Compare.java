package dev.kqueue.benchmarks;

import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the benchmarks on the JDK's provider and on ours, by turns, and prints the ratios. Arguments are JMH's, but
 * {@code -f} is the number of rounds: one fork of each provider a round, so that a machine that slows down in between
 * slows both.
 */
public final class Compare {
    private static final String PROVIDER = "java.nio.channels.spi.SelectorProvider";

    private Compare() {}

    /** The system property {@code kqueue.jar} names the jar to compare. */
    public static void main(String[] arguments) throws CommandLineOptionException, RunnerException {
        CommandLineOptions options = new CommandLineOptions(arguments);
        String jar = System.getProperty("kqueue.jar");
        int rounds = options.getForkCount().orElse(3);
        Map<String, Comparison> comparisons = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            System.out.println("round " + round + " of " + rounds);
            for (RunResult jdk : run(options)) {
                comparisons.computeIfAbsent(Comparison.nameOf(jdk), Comparison::new).addJdk(jdk);
            }
            // As an agent the jar is on the class path of these forks alone: the JDK's must not find its service.
            for (RunResult ours :
                    run(options, "-javaagent:" + jar, "-D" + PROVIDER + "=dev.kqueue.nio.KQueueSelectorProvider")) {
                comparisons.computeIfAbsent(Comparison.nameOf(ours), Comparison::new).addOurs(ours);
            }
        }
        print(comparisons.values());
    }

    private static Collection<RunResult> run(CommandLineOptions options, String... jvm) throws RunnerException {
        List<String> flags = new ArrayList<>(List.of(jvm));
        flags.add("--enable-native-access=ALL-UNNAMED");
        flags.add("--sun-misc-unsafe-memory-access=allow"); // JMH's own
        ChainedOptionsBuilder one =
                new OptionsBuilder()
                        .parent(options)
                        .forks(1)
                        .verbosity(options.verbosity().orElse(VerboseMode.SILENT))
                        .shouldFailOnError(true)
                        .jvmArgsAppend(flags.toArray(String[]::new));
        return new Runner(one.build()).run();
    }

    private static void print(Collection<Comparison> comparisons) {
        System.out.printf("%n%-48s %12s %12s %8s   %s%n", "benchmark", "JDK", "ours", "ours/JDK", "of the rounds");
        comparisons.forEach(System.out::println);
        System.out.println("\nMedians; a ratio is of the two forks of one round, and below 1 ours is faster.");
    }
}
