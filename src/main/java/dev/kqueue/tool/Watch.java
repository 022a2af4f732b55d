package dev.kqueue.tool;

import dev.kqueue.nio.DirectoryEvent;
import dev.kqueue.nio.DirectoryKey;
import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.PathEvent;
import dev.kqueue.nio.PathKey;
import dev.kqueue.nio.ProcessKey;
import dev.kqueue.nio.Signal;
import dev.kqueue.nio.SignalKey;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.SelectionKey;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * {@code ./kq watch}: prints what happens to files and to the entries of directories; with a command, runs it again
 * after a change, as entr(1) does, with its exit statuses. One loop waits for the files, for the command, and for the
 * end of the reader of the output.
 */
final class Watch {
    private static final String STANDARD_INPUT = "-";

    private final KQueueSelector selector;
    private final Arguments arguments;

    /** Null without a command. */
    private final Rerun rerun;

    /** Where lines go: with a command to standard error, since standard output is the command's. */
    private final Output output;

    // The changes that the keys of one selection operation report. A change comes before the end of the command that
    // has made it, but the two may be reported in any order: both are looked at when all keys have been.
    private boolean changed;
    private ProcessKey exited;

    private boolean interrupted;

    /** How many paths are still watched. */
    private int left;

    private Watch(KQueueSelector selector, Arguments arguments) {
        this.selector = selector;
        this.arguments = arguments;
        boolean inputIsTaken = arguments.operands().contains(STANDARD_INPUT);
        rerun =
                arguments
                        .program()
                        .map(command -> new Rerun(selector, command, inputIsTaken, arguments.has('a')))
                        .orElse(null);
        output = rerun == null ? Output.standard() : Output.error();
    }

    static int run(Arguments arguments) throws IOException, UsageException {
        if (arguments.operands().isEmpty()) {
            throw new UsageException("there is no path to watch");
        }
        if (arguments.program().isPresent() && arguments.program().get().isEmpty()) {
            throw new UsageException("there is no command after --");
        }
        try (KQueueSelector selector = KQueueSelector.open()) {
            return new Watch(selector, arguments).run();
        }
    }

    private int run() throws IOException {
        Set<Path> paths = paths(arguments.operands());
        if (paths.isEmpty()) {
            throw new IOException("standard input names no path to watch");
        }
        for (Path path : paths) {
            add(path);
        }
        left = paths.size();
        System.err.println("watching " + (left == 1 ? paths.iterator().next() : left + " paths"));
        output.watch(selector);
        endOnInterrupt();
        if (rerun != null && !arguments.has('p')) {
            rerun.run();
        }
        while (left > 0 && !interrupted) {
            selector.select(this::handle);
            if (rerun != null) {
                OptionalInt status = answer();
                if (status.isPresent()) {
                    return status.getAsInt();
                }
            }
        }
        return 0;
    }

    /** The interrupt key is the usual way to end this: with status 0, as entr(1), not with that of a signal. */
    private void endOnInterrupt() {
        try {
            selector.handleSignal(Signal.INT);
        } catch (IOException e) {
            // In a runtime image without signals the JVM ends the program, with its own status.
            System.err.println(e.getMessage());
        }
    }

    /** The paths of the arguments and of standard input, each once. */
    private static Set<Path> paths(List<String> operands) throws IOException {
        Set<Path> paths = new LinkedHashSet<>();
        for (String operand : operands) {
            if (operand.equals(STANDARD_INPUT)) {
                Charset encoding = Charset.forName(System.getProperty("native.encoding"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, encoding));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    paths.add(path(line));
                }
            } else {
                paths.add(path(operand));
            }
        }
        return paths;
    }

    private static Path path(String name) throws IOException {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new IOException(name + ": no file can have this name: " + e.getReason(), e);
        }
    }

    private void add(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            if (arguments.has('r')) {
                selector.watchTree(path);
            } else {
                selector.watchDirectory(path);
            }
        } else if (Files.notExists(path)) {
            // It could be watched until it appears. But mostly it is a slip.
            throw new NoSuchFileException(path.toString(), null, "there is no such file");
        } else {
            selector.watchPath(path);
        }
    }

    private void handle(SelectionKey key) throws IOException {
        switch (key) {
            case PathKey file -> {
                for (PathEvent event : file.events()) {
                    tell(event + " " + file.path() + file.problem().map(Watch::because).orElse(""));
                }
            }
            case DirectoryKey directory -> {
                for (DirectoryEvent event : directory.events()) {
                    tell(event);
                    if (event.kind() == DirectoryEvent.Kind.DELETED && event.path().equals(directory.path())) {
                        directory.cancel();
                        left--;
                    }
                }
            }
            case ProcessKey process -> {
                process.cancel();
                exited = process;
            }
            case SignalKey signal -> interrupted = true;
            default -> {
                if (!output.isOf(key)) {
                    throw new AssertionError(key);
                }
            }
        }
    }

    private static String because(IOException problem) {
        return ": " + problem.getMessage();
    }

    private void tell(Object change) throws IOException {
        changed = true;
        if (rerun == null) {
            output.line(change);
        }
    }

    /** Runs the command again if that is due; the exit status, if this was all. */
    private OptionalInt answer() throws IOException {
        if (changed) {
            changed = false;
            rerun.run();
        }
        if (exited != null) {
            int status = status(exited);
            output.line(rerun + " exited with status " + status);
            exited = null;
            if (arguments.has('z')) {
                return OptionalInt.of(status);
            }
            rerun.ended();
        }
        return OptionalInt.empty();
    }

    /** As a shell's: 128 and its number if a signal ended it. */
    private static int status(ProcessKey process) {
        return process.exitValue().orElseGet(() -> 128 + process.terminationSignal().orElse(0));
    }
}
