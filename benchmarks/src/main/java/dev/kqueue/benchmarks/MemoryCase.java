package dev.kqueue.benchmarks;

import dev.kqueue.benchmarks.peer.IdleMemory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Bytes for each idle connection that is registered with a selector. */
record MemoryCase(int connections) implements Case {
    static List<Case> all() {
        return List.of(new MemoryCase(10_000), new MemoryCase(18_000));
    }

    @Override
    public String name() {
        return "Memory connections=" + connections;
    }

    @Override
    public String unit() {
        return "B";
    }

    @Override
    public Length shortest() {
        return connections == 10_000 ? Length.QUICK : Length.SHORT;
    }

    /** Measuring again would give the same. */
    @Override
    public int rounds(int wanted) {
        return 1;
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
        List<String> command = new ArrayList<>(side.java(IdleMemory.class.getName()));
        command.addAll(1, List.of("-XX:+UseSerialGC", "-XX:NativeMemoryTracking=summary"));
        command.add(String.valueOf(connections));
        double[] bytes = Counts.of(command);
        return Sample.exact(bytes[0] + bytes[1], Map.of("heap", bytes[0], "native", bytes[1]));
    }
}
