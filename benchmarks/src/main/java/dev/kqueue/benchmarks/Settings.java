package dev.kqueue.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param names parts of names of cases; none for all
 * @param rounds processes of each side for each case
 * @param length how long it may take
 * @param sides those to compare, the one to compare with first
 * @param jmh more arguments for JMH
 */
record Settings(
        List<String> names,
        int rounds,
        Length length,
        boolean list,
        Reporting report,
        List<Side> sides,
        List<String> jmh) {
    /** When the report is written. */
    enum Reporting {
        NONE,
        AFTER,
        ONLY
    }

    static final String HELP =
            """
            usage: ./kq bench [OPTION...] [NAME...] [-- JMH-ARGUMENT...]

            Runs all cases, or those whose names contain one of NAME, on the JDK's provider and on kqueue-nio by turns.

              --quick          a few minutes for what matters most: one process a side, short measurements
              --short          about an hour for nearly everything: 3 processes a side
              --rounds N       processes a side for each case (5)
              --peer jdk-kqueue
                               also the JDK's kqueue selector, on the very kqueue that ours stands on
              --report         then writes docs/benchmarks.md, of these results and those that are there
              --rewrite        only writes it
              --list           only shows the names
              --self           the JDK against itself: what the machine's noise looks like\
            """;

    static Settings parse(String[] arguments) {
        List<String> names = new ArrayList<>();
        List<String> jmh = List.of();
        int rounds = 0;
        Length length = Length.FULL;
        boolean list = false;
        Reporting report = Reporting.NONE;
        List<Side> sides = new ArrayList<>(List.of(Side.jdk(), Side.ours(System.getProperty("kqueue.jar"))));
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--quick" -> length = Length.QUICK;
                case "--short" -> length = Length.SHORT;
                case "--list" -> list = true;
                case "--report" -> report = Reporting.AFTER;
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
        return new Settings(names, rounds > 0 ? rounds : length.rounds, length, list, report, sides, jmh);
    }

    boolean isWanted(Case one) {
        return names.isEmpty() ? one.shortest().compareTo(length) <= 0 : names.stream().anyMatch(one.name()::contains);
    }
}
