package dev.kqueue.tool;

import dev.kqueue.RunningProgram;

import java.io.IOException;
import java.util.List;

/** One of the tools in a JVM of its own. */
final class RunningTool extends RunningProgram {
    RunningTool(String... arguments) throws IOException {
        this(List.of(), arguments);
    }

    /** With options of the JVM. */
    RunningTool(List<String> options, String... arguments) throws IOException {
        super(command(options, arguments));
    }

    /** The command that starts a tool. */
    static List<String> command(List<String> options, String... arguments) {
        return command(options, Main.class, arguments);
    }
}
