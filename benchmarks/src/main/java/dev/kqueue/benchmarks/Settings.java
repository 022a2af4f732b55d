package dev.kqueue.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the command line asks for.
 *
 * @param names parts of names of cases; none for all
 * @param rounds pairs of processes for each case
 * @param length how long it may take
 * @param sides those to compare, the one to compare with first
 * @param jmh more arguments for JMH, if it is to run the cases
 */
record Settings(
        List<String> names,
        int rounds,
        Length length,
        boolean list,
        Reporting report,
        List<Side> sides,
        Optional<List<String>> jmh) {
    /** When the report is written. */
    enum Reporting {
        NONE,
        AFTER,
        ONLY
    }

    static final String HELP =
            """
            usage: ./kq bench [OPTION...] [NAME...] [-- JMH-ARGUMENT...]

            Compares kqueue-nio with the JDK's provider: pairs of processes that work by turns. Runs the cases that
            matter most, which takes ten minutes at most, or those whose names contain one of NAME.

              --report         nearly all cases, in ninety minutes at most, and writes docs/benchmarks.md
              --full           all cases: some hours
              --rounds N       pairs of processes for each case (5)
              --peer jdk-kqueue
                               also the JDK's kqueue selector, on the very kqueue that ours stands on
              --rewrite        only writes docs/benchmarks.md, of the results that are there
              --list           only shows the names
              --self           the JDK against itself: what the machine's noise looks like
              --jmh            single figures by JMH instead of ratios; JMH's own arguments come after "--"\
            """;

    static Settings parse(String[] arguments) {
        List<String> names = new ArrayList<>();
        List<String> jmh = List.of();
        int rounds = Length.ROUNDS;
        boolean isJmh = false;
        Length length = Length.QUICK;
        boolean list = false;
        Reporting report = Reporting.NONE;
        List<Side> sides = new ArrayList<>(List.of(Side.jdk(), Side.ours(System.getProperty("kqueue.jar"))));
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--full" -> length = Length.FULL;
                case "--jmh" -> isJmh = true;
                case "--list" -> list = true;
                case "--report" -> {
                    report = Reporting.AFTER;
                    length = Length.SHORT;
                }
                case "--rewrite" -> report = Reporting.ONLY;
                case "--peer" -> {
                    if (!arguments[++i].equals(JdkKqueue.NAME)) {
                        throw new IllegalArgumentException("no such peer: " + arguments[i]);
                    }
                    sides.add(1, JdkKqueue.prepare(System.getProperty("kqueue.jar")));
                }
                case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
                // To try the cases themselves: the JDK against the JDK.
                case "--self" -> sides.set(sides.size() - 1, new Side(Side.OURS, Side.jdk().jvm()));
                case "--" -> {
                    jmh = List.of(arguments).subList(i + 1, arguments.length);
                    i = arguments.length;
                }
                default -> {
                    if (arguments[i].startsWith("-")) {
                        throw new IllegalArgumentException("unknown option " + arguments[i]);
                    }
                    names.add(arguments[i]);
                }
            }
        }
        return new Settings(names, rounds, length, list, report, sides, isJmh ? Optional.of(jmh) : Optional.empty());
    }

    boolean isWanted(Case one) {
        return names.isEmpty() ? one.shortest().compareTo(length) <= 0 : names.stream().anyMatch(one.name()::contains);
    }
}
