package dev.kqueue.tool;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.NoSuchProcessException;
import dev.kqueue.nio.ProcessChannel;
import dev.kqueue.nio.ProcessEvent;
import dev.kqueue.nio.ProcessKey;
import dev.kqueue.nio.TimerKey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** {@code ./kq wait}: waits for any processes, and prints how each ended, as pwait(1) does. */
final class WaitFor {
    /** As timeout(1). */
    private static final int TIMED_OUT = 124;

    private final KQueueSelector selector;
    private final Output output = Output.standard();
    private boolean failed;
    private boolean timedOut;
    private int left;

    private WaitFor(KQueueSelector selector) {
        this.selector = selector;
    }

    static int run(Arguments arguments) throws IOException, UsageException {
        Set<Long> pids = new LinkedHashSet<>();
        for (String operand : arguments.operands()) {
            pids.add(pid(operand));
        }
        if (pids.isEmpty() || arguments.program().isPresent()) {
            throw new UsageException("there is no process to wait for");
        }
        Duration limit = arguments.has('t') ? seconds(arguments.options().get('t')) : null;
        try (KQueueSelector selector = KQueueSelector.open()) {
            return new WaitFor(selector).run(pids, limit, arguments.has('e'));
        }
    }

    private static long pid(String operand) throws UsageException {
        try {
            long pid = Long.parseLong(operand);
            if (pid > 0 && pid <= Integer.MAX_VALUE) {
                return pid;
            }
        } catch (NumberFormatException notANumber) {
            // The same complaint as for a number that is none of a process.
        }
        throw new UsageException(operand + " is no process id");
    }

    private static Duration seconds(String value) throws UsageException {
        try {
            double seconds = Double.parseDouble(value);
            if (seconds >= 0) {
                return Duration.ofNanos((long) (seconds * 1e9));
            }
        } catch (NumberFormatException notANumber) {
            // The same complaint as for a negative number.
        }
        throw new UsageException(value + " is no number of seconds");
    }

    private int run(Set<Long> pids, Duration limit, boolean endedIsFailure) throws IOException {
        for (long pid : pids) {
            try {
                ProcessChannel.open(pid, EnumSet.of(ProcessEvent.EXIT)).register(selector, SelectionKey.OP_READ);
                left++;
            } catch (UncheckedIOException e) {
                if (e.getCause() instanceof NoSuchProcessException) {
                    output.line(pid + ": has ended already");
                    failed |= endedIsFailure;
                } else {
                    System.err.println(e.getCause().getMessage());
                    failed = true;
                }
            }
        }
        if (left > 0) {
            System.err.println("waiting for " + left + (left == 1 ? " process" : " processes"));
            if (limit != null) {
                selector.schedule(limit);
            }
            output.watch(selector);
        }
        while (left > 0 && !timedOut) {
            selector.select(this::handle);
        }
        if (left > 0) {
            return TIMED_OUT;
        }
        return failed ? 1 : 0;
    }

    private void handle(SelectionKey key) throws IOException {
        switch (key) {
            case ProcessKey process -> {
                left--;
                output.line(describe(process));
            }
            case TimerKey limit -> timedOut = true;
            default -> {
                if (!output.isOf(key)) {
                    throw new AssertionError(key);
                }
            }
        }
    }

    private static String describe(ProcessKey process) {
        String exited = process.pid() + ": exited";
        if (process.terminationSignal().isPresent()) {
            return process.pid() + ": ended by signal " + process.terminationSignal().getAsInt();
        }
        return process.exitValue().isPresent() ? exited + " with status " + process.exitValue().getAsInt() : exited;
    }
}
