package dev.kqueue.tool;

import dev.kqueue.tool.doctor.Doctor;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code java -jar kqueue-nio.jar COMMAND}. */
public final class Main {
    /** The status of a command that was called with wrong arguments. */
    private static final int USAGE = 2;

    private Main() {}

    /** Runs the command that the first argument names; exits with status 2 if there is none of that name. */
    public static void main(String[] arguments) throws Exception {
        String command = arguments.length == 0 ? "" : arguments[0];
        Optional<String> help = Help.of(command);
        if (help.isEmpty()) {
            System.err.println(Help.COMMANDS);
            System.exit(USAGE);
        }
        System.exit(run(command, Arrays.asList(arguments).subList(1, arguments.length), help.get()));
    }

    private static int run(String command, List<String> arguments, String help) throws Exception {
        int end = arguments.indexOf("--");
        List<String> own = end < 0 ? arguments : arguments.subList(0, end);
        if (own.contains("--help") || own.contains("-h")) {
            System.out.println(help);
            return 0;
        }
        try {
            return run(command, arguments);
        } catch (UsageException e) {
            System.err.println(e.getMessage());
            System.err.println(help);
            return USAGE;
        } catch (OutputEndedException e) {
            // The reader of the pipe (head, for one) has ended: that is no failure.
            return 0;
        } catch (IOException e) {
            System.err.println(e.getMessage() == null ? e : e.getMessage());
            return 1;
        }
    }

    private static int run(String command, List<String> arguments) throws Exception {
        return switch (command) {
            case "demo" -> {
                Demo.run();
                yield 0;
            }
            case "doctor" -> Doctor.run(System.out);
            case "watch" -> Watch.run(Arguments.parse(arguments, "aprz"));
            case "wait" -> WaitFor.run(Arguments.parse(arguments, "et:"));
            default -> Signals.run(arguments);
        };
    }
}
