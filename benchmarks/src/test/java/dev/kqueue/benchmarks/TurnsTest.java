package dev.kqueue.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class TurnsTest {
    private static final Side ONE = new Side("one", List.of());
    private static final Side TWO = new Side("two", List.of());

    @Test
    void warmsBothAndThenAlternatesWhoIsFirst() throws IOException {
        List<String> order = new ArrayList<>();
        Map<Side, Turns.Worker> workers = new LinkedHashMap<>();
        workers.put(ONE, nanos -> slice(order, "one", nanos));
        workers.put(TWO, nanos -> slice(order, "two", nanos));
        Map<Side, Sample> samples = Turns.measure(workers, 2, 100, 250_000_000);
        assertEquals(List.of("one 250000000", "two 250000000", "one 100", "two 100", "two 100", "one 100"), order);
        assertEquals(List.of(10.0, 10.0), samples.get(ONE).values());
        assertEquals(List.of(5.0, 5.0), samples.get(TWO).cpu());
        assertEquals(Map.of("B/op", 3.0), samples.get(TWO).extras());
    }

    private static Turns.Slice slice(List<String> order, String who, long nanos) {
        order.add(who + " " + nanos);
        return new Turns.Slice(100, 1_000, 500, 300);
    }
}
