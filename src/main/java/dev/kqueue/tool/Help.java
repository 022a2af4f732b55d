package dev.kqueue.tool;

import java.util.Optional;

/** What {@code --help} prints for each command. */
final class Help {
    private Help() {}

    static final String COMMANDS = "usage: java -jar kqueue-nio.jar demo | doctor | watch | wait | signals [--help]";

    /** The help of a command: empty if there is none of that name. */
    static Optional<String> of(String command) {
        return switch (command) {
            case "demo" ->
                    Optional.of(
                            """
                            usage: ./kq demo
                            An ordinary HTTP server and client, on kqueue; then one loop for sockets, a file, a child process,
                            a signal and a timer.\
                            """);
            case "doctor" ->
                    Optional.of(
                            """
                            usage: ./kq doctor
                            Prints what this machine offers to kqueue-nio, and whether each filter and the selector work.
                            Exits with 0 if all do, with 1 otherwise.\
                            """);
            case "watch" ->
                    Optional.of(
                            """
                            usage: ./kq watch [-r] PATH... | -
                                   ./kq watch [-aprz] PATH... | - -- COMMAND...
                            Prints what happens to files and to the entries of directories, a line for each change; with a
                            command, runs it, and runs it again after a change, one at a time.
                              -    reads the paths from standard input, a line each; the command then has the terminal as its input
                              -r   watches the trees below directories, with what is created in them later
                              -a   also answers changes that are made while the command runs, by one more run
                              -p   runs the command after the first change, not at once
                              -z   exits when the command ends, with its status, or 128 and the number of the signal that ended it
                            Exits with 0 after an interrupt (INT), or if nothing is left to watch or the reader of its output
                            is gone, with 1 after an error, with 2 for wrong arguments.\
                            """);
            case "wait" ->
                    Optional.of(
                            """
                            usage: ./kq wait [-e] [-t SECONDS] PID...
                            Waits until all of the processes have ended, of whatever parent, and prints how each ended, where
                            the system tells.
                              -e   exits with 1 if one of them has ended already
                              -t   waits for so many seconds at most, then exits with 124
                            Exits with 0 otherwise, with 1 if a process cannot be watched, with 2 for wrong arguments.\
                            """);
            case "signals" ->
                    Optional.of(
                            """
                            usage: ./kq signals
                            Prints the signals that this process is sent. INT and TERM end it.\
                            """);
            default -> Optional.empty();
        };
    }
}
