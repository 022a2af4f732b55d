package dev.kqueue.tool;

/** {@code java -jar kqueue-nio.jar COMMAND}. */
public final class Main {
    private Main() {}

    /** Runs the command that the first argument names; exits with status 2 if there is none of that name. */
    public static void main(String[] arguments) throws Exception {
        String command = arguments.length == 0 ? "" : arguments[0];
        switch (command) {
            case "demo" -> Demo.run();
            case "doctor" -> Doctor.run();
            default -> {
                System.err.println("usage: java -jar kqueue-nio.jar demo | doctor");
                System.exit(2);
            }
        }
    }
}
