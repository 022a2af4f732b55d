package dev.kqueue.benchmarks;

import dev.kqueue.benchmarks.load.EchoServer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Echo over TCP, from one connection to very many. */
final class EchoCases {
    private static final Set<String> QUICK =
            Set.of(
                    "Echo mode=plain connections=64 size=64 buffer=direct",
                    "Echo mode=flip connections=64 size=64 buffer=direct");

    /** A loop of little code. */
    private static final int WARM_UP = 2;

    /** The same, and the threads' scheduler, and what watches descriptors for them: seconds of compiling. */
    private static final int WARM_UP_VIRTUAL = 4;

    private EchoCases() {}

    static List<Case> all(Settings settings) {
        List<Case> cases = new ArrayList<>();
        for (String mode : List.of("plain", "flip")) {
            for (int connections : new int[] {1, 64, 1_000, 10_000}) {
                for (int size : new int[] {64, 16 * 1024}) {
                    for (String buffer : List.of("heap", "direct")) {
                        cases.add(echo(mode, connections, size, buffer, settings));
                    }
                }
            }
        }
        cases.add(echo("platform", 1, 64, "direct", settings));
        cases.add(echo("platform", 64, 64, "direct", settings));
        for (int connections : new int[] {1, 64, 10_000}) {
            cases.add(echo("virtual", connections, 64, "direct", settings));
        }
        return cases;
    }

    /** A short run has no buffers of 16 KiB where there are few or very many connections, and flips with one kind. */
    private static Length shortest(String name, String mode, int connections, int size, String buffer) {
        if (QUICK.contains(name)) {
            return Length.QUICK;
        }
        boolean extreme = size > 64 && (connections == 1 || connections == 10_000);
        return extreme || (mode.equals("flip") && buffer.equals("heap")) ? Length.FULL : Length.SHORT;
    }

    private static Case echo(String mode, int connections, int size, String buffer, Settings settings) {
        String name = "Echo mode=%s connections=%d size=%d buffer=%s".formatted(mode, connections, size, buffer);
        // Its buffers are of one kind only, and it knows no threads.
        boolean hasTwin = buffer.equals("direct") && (mode.equals("plain") || mode.equals("flip"));
        return new LoadCase(
                name,
                "echo",
                connections,
                size,
                side -> {
                    if (side.name().equals(Twin.NAME)) {
                        return Twin.command(mode, size);
                    }
                    List<String> command = side.java(EchoServer.class.getName());
                    command.addAll(List.of(mode, buffer, String.valueOf(size)));
                    return command;
                },
                hasTwin ? Twin.sides() : List.of(),
                shortest(name, mode, connections, size, buffer),
                mode.equals("virtual") ? WARM_UP_VIRTUAL : WARM_UP,
                settings);
    }
}
