package dev.kqueue.faults;

import dev.kqueue.nio.OpenDescriptors;

import java.io.IOException;
import java.net.PortUnreachableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Runs a scenario with a fault, or with none, and says what was wrong. */
final class Trial {
    private static final int PATIENCE_MILLIS = 4 * Scenario.PATIENCE_MILLIS;

    private static final int LEAK_ROUNDS = 3;

    private final FaultLibrary library;
    private final Supplier<Scenario> scenarios;

    Trial(FaultLibrary library, Supplier<Scenario> scenarios) {
        this.library = library;
        this.scenarios = scenarios;
    }

    /** How often each function is called in each phase when nothing fails. */
    Map<Fault.Phase, Map<String, Long>> profile() throws InterruptedException {
        Map<Fault.Phase, Map<String, Long>> profile = new EnumMap<>(Fault.Phase.class);
        List<String> problems = watched(ignored -> run(null, profile));
        if (!problems.isEmpty()) {
            throw new AssertionError("without a fault: " + problems);
        }
        return profile;
    }

    /** All that is wrong after the fault; nothing, if the fault was met as it should be. */
    List<String> problems(Fault fault) throws InterruptedException {
        long before = descriptors();
        List<String> problems = watched(ignored -> run(fault, null));
        library.disarm();
        if (problems.isEmpty() && leaks(fault, before)) {
            problems.add("descriptors are left open: " + descriptorsText());
        }
        return problems;
    }

    /** More descriptors once is a cache that was filled; more each time is a leak. */
    private boolean leaks(Fault fault, long before) throws InterruptedException {
        long last = before;
        for (int i = 0; i < LEAK_ROUNDS; i++) {
            long now = settledDescriptors(last);
            if (now <= last) {
                return false;
            }
            last = now;
            watched(ignored -> run(fault, null));
            library.disarm();
        }
        return settledDescriptors(last) > last;
    }

    // ---- one run

    private List<String> run(Fault fault, Map<Fault.Phase, Map<String, Long>> profile) {
        List<String> problems = new ArrayList<>();
        Scenario scenario = scenarios.get();
        boolean isOpen = phase(Fault.Phase.OPEN, scenario::open, fault, profile, problems);
        if (isOpen) {
            phase(Fault.Phase.ACT, scenario::act, fault, profile, problems);
            if (problems.isEmpty()) {
                try {
                    scenario.after();
                } catch (Throwable e) {
                    problems.add("afterwards: " + text(e));
                }
            }
        }
        phase(Fault.Phase.CLOSE, scenario::close, fault, profile, problems);
        return problems;
    }

    private boolean phase(
            Fault.Phase phase,
            Scenario.Step step,
            Fault fault,
            Map<Fault.Phase, Map<String, Long>> profile,
            List<String> problems) {
        library.reset();
        boolean isArmed = fault != null && fault.phase() == phase;
        if (isArmed) {
            library.arm(fault.function(), fault.error(), fault.skip(), fault.count());
        }
        try {
            step.run();
            return true;
        } catch (Throwable e) {
            // What was thrown although no fault has come, must not be.
            if (!isArmed || library.hits() == 0 || !isClear(e)) {
                problems.add(phase + ": " + text(e));
            }
            return false;
        } finally {
            library.disarm();
            if (profile != null) {
                Map<String, Long> calls = new HashMap<>();
                library.functions().forEach(function -> calls.put(function, library.calls(function)));
                profile.put(phase, calls);
            }
        }
    }

    /** Whether an exception tells the caller what has happened. */
    private static boolean isClear(Throwable e) {
        // The JDK's own have no message.
        if (e instanceof PortUnreachableException) {
            return true;
        }
        return (e instanceof IOException || e instanceof UnsupportedOperationException)
                && e.getMessage() != null
                && !e.getMessage().isBlank();
    }

    static String text(Throwable e) {
        String trace =
                Arrays.stream(e.getStackTrace())
                        .filter(frame -> frame.getClassName().startsWith("dev.kqueue"))
                        .limit(7)
                        .map(frame -> frame.getFileName().replace(".java", "") + ":" + frame.getLineNumber())
                        .collect(Collectors.joining(" < "));
        return e + " [" + trace + "]" + (e.getCause() == null ? "" : " caused by " + text(e.getCause()));
    }

    // ---- with a limit of time

    private interface Work {
        List<String> run(Trial trial);
    }

    private List<String> watched(Work work) throws InterruptedException {
        List<List<String>> result = new ArrayList<>();
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("trial")
                        .start(
                                () -> {
                                    List<String> problems = work.run(this);
                                    synchronized (result) {
                                        result.add(problems);
                                    }
                                });
        thread.join(PATIENCE_MILLIS);
        List<String> hanging = new ArrayList<>();
        if (thread.isAlive()) {
            hanging.add("hangs: " + trace(thread));
            library.disarm();
            thread.interrupt();
            thread.join(PATIENCE_MILLIS);
        }
        synchronized (result) {
            return hanging.isEmpty() && !result.isEmpty() ? result.getFirst() : hanging;
        }
    }

    private static String trace(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .limit(25)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining(" < "));
    }

    // ---- descriptors

    /** Some are closed by other threads a moment later. */
    private static long settledDescriptors(long most) throws InterruptedException {
        long now = descriptors();
        for (int i = 0; i < 30 && now > most; i++) {
            Thread.sleep(10);
            now = descriptors();
        }
        return now;
    }

    private static long descriptors() {
        return OpenDescriptors.count();
    }

    private static String descriptorsText() {
        return OpenDescriptors.files().stream()
                .map(name -> name.replaceAll("[0-9]+", "N"))
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()))
                .toString();
    }
}
