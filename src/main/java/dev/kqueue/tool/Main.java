package dev.kqueue.tool;

import dev.kqueue.tool.doctor.Doctor;

import java.util.Arrays;
import java.util.List;

/** {@code java -jar kqueue-nio.jar COMMAND}. */
public final class Main {
    private Main() {}

    /** Runs the command that the first argument names; exits with status 2 if there is none of that name. */
    public static void main(String[] arguments) throws Exception {
        String command = arguments.length == 0 ? "" : arguments[0];
        switch (command) {
            case "demo" -> Demo.run();
            case "doctor" -> System.exit(Doctor.run(System.out));
            case "watch" -> System.exit(Watch.run(rest(arguments)));
            case "wait" -> System.exit(WaitFor.run(rest(arguments)));
            case "signals" -> System.exit(Signals.run(rest(arguments)));
            default -> {
                System.err.println("usage: java -jar kqueue-nio.jar demo | doctor | watch | wait | signals");
                System.exit(2);
            }
        }
    }

    private static List<String> rest(String[] arguments) {
        return Arrays.asList(arguments).subList(1, arguments.length);
    }
}
