package dev.kqueue.benchmarks;

import dev.kqueue.benchmarks.peer.KeventCounts;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** kevent calls, counted and not timed: two selectors on the very same kqueue. */
record KeventCase(String situation) implements Case {
    static List<Case> all() {
        return List.of(
                new KeventCase("idle"),
                new KeventCase("ready"),
                new KeventCase("wakeup"),
                new KeventCase("pause"),
                new KeventCase("answer"),
                new KeventCase("register"));
    }

    @Override
    public String name() {
        return "KeventCounts of=" + situation;
    }

    @Override
    public String unit() {
        return "kevent calls";
    }

    @Override
    public boolean isExact() {
        return true;
    }

    /** Not those that have no kqueue. */
    @Override
    public List<Side> sides(List<Side> wanted) {
        return wanted.stream()
                .filter(side -> side.name().equals(Side.OURS) || side.name().equals(JdkKqueue.NAME))
                .toList();
    }

    @Override
    public Sample run(Side side) throws IOException, InterruptedException {
        List<String> command = side.java(KeventCounts.class.getName());
        command.add(situation);
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes()).strip();
        if (process.waitFor() != 0) {
            throw new IOException("the count failed");
        }
        String[] words = output.split(" ");
        return new Sample(
                List.of(Double.valueOf(words[0])),
                Map.of(
                        "changes",
                        Double.valueOf(words[1]),
                        "events",
                        Double.valueOf(words[2]),
                        "calls",
                        Double.valueOf(words[3])));
    }
}
