package dev.kqueue.tool;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.ProcessChannel;
import dev.kqueue.nio.ProcessEvent;
import dev.kqueue.nio.ProcessKey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.util.EnumSet;
import java.util.List;

/** {@code ./kq wait PID...}: waits for any processes, and prints their exit status, as pwait(1) does. */
final class WaitFor {
    private WaitFor() {}

    static int run(List<String> arguments) throws IOException {
        if (arguments.isEmpty()) {
            System.err.println("usage: ./kq wait PID...");
            return 2;
        }
        int status = 0;
        try (KQueueSelector selector = KQueueSelector.open()) {
            int left = 0;
            for (String pid : arguments) {
                try {
                    ProcessChannel.open(Long.parseLong(pid), EnumSet.of(ProcessEvent.EXIT))
                            .register(selector, SelectionKey.OP_READ);
                    left++;
                } catch (UncheckedIOException e) {
                    System.err.println(e.getCause().getMessage());
                    status = 1;
                } catch (NumberFormatException e) {
                    System.err.println(pid + " is no process id");
                    status = 1;
                } catch (IllegalArgumentException | IllegalStateException e) {
                    System.err.println(e.getMessage());
                    status = 1;
                }
            }
            if (left > 0) {
                System.err.println("waiting for " + left + " process(es)");
            }
            while (left > 0) {
                left -= selector.select(key -> System.out.println(describe((ProcessKey) key)));
            }
        }
        return status;
    }

    private static String describe(ProcessKey process) {
        String exited = process.pid() + ": exited";
        if (process.terminationSignal().isPresent()) {
            return process.pid() + ": ended by signal " + process.terminationSignal().getAsInt();
        }
        return process.exitValue().isPresent() ? exited + " with status " + process.exitValue().getAsInt() : exited;
    }
}
