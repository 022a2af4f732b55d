package dev.kqueue.tool;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.ProcessEvent;
import dev.kqueue.nio.ProcessKey;
import dev.kqueue.nio.TimerKey;
import dev.kqueue.nio.VnodeEvent;
import dev.kqueue.nio.VnodeKey;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * {@code ./kq watch PATH... [-- COMMAND...]}: prints what happens to files and directories; with a command, runs it,
 * and runs it anew after each change, as entr(1) does. One loop waits for the files and for the command.
 */
final class Watch {
    /** How often to look whether a file that was replaced is there again: its new one has no descriptor to watch. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private static final Set<VnodeEvent> EVENTS = events();

    private final KQueueSelector selector;
    private final List<String> command;
    private boolean running;
    private boolean changed;

    private Watch(KQueueSelector selector, List<String> command) {
        this.selector = selector;
        this.command = command;
    }

    private static Set<VnodeEvent> events() {
        Set<VnodeEvent> events =
                EnumSet.of(
                        VnodeEvent.DELETE,
                        VnodeEvent.WRITE,
                        VnodeEvent.EXTEND,
                        VnodeEvent.ATTRIB,
                        VnodeEvent.LINK,
                        VnodeEvent.RENAME,
                        VnodeEvent.REVOKE,
                        VnodeEvent.TRUNCATE);
        events.removeIf(event -> !event.isDefined());
        return Collections.unmodifiableSet(events);
    }

    /** Returns if nothing is left to be watched. */
    static int run(List<String> arguments) throws IOException {
        int dashes = arguments.indexOf("--");
        List<String> paths = dashes < 0 ? arguments : arguments.subList(0, dashes);
        List<String> command = dashes < 0 ? List.of() : arguments.subList(dashes + 1, arguments.size());
        if (paths.isEmpty() || (dashes >= 0 && command.isEmpty())) {
            System.err.println("usage: ./kq watch PATH... [-- COMMAND...]");
            return 2;
        }
        try (KQueueSelector selector = KQueueSelector.open()) {
            Watch watch = new Watch(selector, command);
            for (String path : paths) {
                try {
                    watch.add(Path.of(path));
                } catch (NoSuchFileException e) {
                    System.err.println(path + ": there is no such file");
                    return 1;
                } catch (InvalidPathException e) {
                    System.err.println(path + ": no file can have this name: " + e.getReason());
                    return 1;
                } catch (FileSystemException e) {
                    System.err.println(e.getMessage());
                    return 1;
                }
            }
            System.err.println("watching " + String.join(" ", paths));
            try {
                watch.runCommand();
            } catch (IOException e) {
                System.err.println(e.getMessage());
                return 1;
            }
            while (!selector.keys().isEmpty()) {
                selector.select(watch::handle);
            }
        }
        return 0;
    }

    private void add(Path path) throws IOException {
        selector.watchFile(path, EVENTS);
    }

    private void handle(SelectionKey key) {
        try {
            switch (key) {
                case VnodeKey file -> {
                    if (replaced(file.events())) {
                        file.cancel();
                        addAgain(file.path());
                    }
                    // Last, so that whoever reads this finds the name watched again.
                    System.out.println(file.path() + " " + file.events());
                    changed = true;
                    runCommand();
                }
                case TimerKey timer -> {
                    timer.cancel();
                    if (addAgain((Path) timer.attachment())) {
                        System.out.println(timer.attachment() + " is there again");
                        changed = true;
                        runCommand();
                    }
                }
                case ProcessKey exited -> {
                    exited.cancel();
                    ended((Process) exited.attachment());
                    if (changed) {
                        runCommand();
                    }
                }
                default -> throw new AssertionError(key);
            }
        } catch (IOException e) {
            System.err.println(e);
        }
    }

    /** The name belongs to another file now, or to none: editors save that way. */
    private static boolean replaced(Set<VnodeEvent> events) {
        return events.contains(VnodeEvent.DELETE)
                || events.contains(VnodeEvent.RENAME)
                || events.contains(VnodeEvent.REVOKE);
    }

    private boolean addAgain(Path path) throws IOException {
        try {
            add(path);
            return true;
        } catch (NoSuchFileException gone) {
            selector.schedule(LOOK_AGAIN, path);
            return false;
        }
    }

    /** One at a time: changes that come meanwhile are answered by one more run. */
    private void runCommand() throws IOException {
        if (command.isEmpty() || running) {
            return;
        }
        changed = false;
        Process process = new ProcessBuilder(command).inheritIO().start();
        try {
            selector.watchProcess(process.toHandle(), EnumSet.of(ProcessEvent.EXIT), process);
            running = true;
        } catch (IOException gone) {
            if (process.isAlive()) {
                throw gone;
            }
            ended(process);
        }
    }

    private void ended(Process process) {
        running = false;
        boolean interrupted = Thread.interrupted();
        while (true) {
            try {
                // The exit is reported before the status can be had: a moment at most.
                System.out.println(command.getFirst() + " exited with status " + process.waitFor());
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
