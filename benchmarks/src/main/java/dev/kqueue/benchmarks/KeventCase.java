package dev.kqueue.benchmarks;

import dev.kqueue.benchmarks.peer.KeventCounts;

import java.io.IOException;
import java.util.LinkedHashMap;
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

    /** Measuring again would give the same. */
    @Override
    public int rounds(int wanted) {
        return 1;
    }

    /** Not those that have no kqueue. */
    @Override
    public List<Side> sides(List<Side> wanted) {
        return wanted.stream()
                .filter(side -> side.name().equals(Side.OURS) || side.name().equals(JdkKqueue.NAME))
                .toList();
    }

    @Override
    public Map<Side, Sample> run(List<Side> sides) throws IOException, InterruptedException {
        Map<Side, Sample> samples = new LinkedHashMap<>();
        for (Side side : sides) {
            samples.put(side, count(side));
        }
        return samples;
    }

    private Sample count(Side side) throws IOException, InterruptedException {
        List<String> command = side.java(KeventCounts.class.getName());
        command.add(situation);
        double[] counts = Counts.of(command);
        return Sample.exact(counts[0], Map.of("changes", counts[1], "events", counts[2], "calls", counts[3]));
    }
}
