package dev.kqueue.benchmarks;

import dev.kqueue.benchmarks.load.LoadClient;
import dev.kqueue.benchmarks.peer.Peer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A server in a process of its own, under the load of a client in another. The value is the time between two answers,
 * of all connections together; the CPU time is the server's alone, and says more where the client is the slower one.
 *
 * @param name of the case, with parameters
 * @param protocol of the client: "echo" or "http"
 * @param server the server's command line on a side
 * @param warmUpMillis how long the server needs at least until what matters is compiled
 */
record LoadCase(
        String name,
        String protocol,
        int connections,
        int size,
        Function<Side, List<String>> server,
        List<Side> moreSides,
        Length shortest,
        int warmUpMillis,
        Settings settings)
        implements Case {
    @Override
    public String unit() {
        return "ns";
    }

    @Override
    public List<Side> sides(List<Side> wanted) {
        List<Side> sides = new ArrayList<>(wanted);
        sides.addAll(moreSides);
        return sides;
    }

    @Override
    public Sample run(Side side) throws IOException, InterruptedException {
        try (Peer running = Peer.start(server.apply(side));
                Peer client =
                        Peer.start(
                                LoadClient.class,
                                protocol,
                                String.valueOf(running.address().getPort()),
                                String.valueOf(connections),
                                String.valueOf(size))) {
            client.answer();
            client.ask("go");
            Thread.sleep((long) settings.length().loadWarmUps * warmUpMillis);
            List<Double> values = new ArrayList<>();
            Reading first = read(running, client);
            Reading last = first;
            for (int i = 0; i < 3; i++) {
                Thread.sleep(settings.length().loadMillis);
                Reading next = read(running, client);
                values.add((double) (next.nanos - last.nanos) / (next.answers - last.answers));
                last = next;
            }
            double answers = last.answers - first.answers;
            Map<String, Double> extras = new LinkedHashMap<>();
            extras.put("cpu", (last.cpu - first.cpu) / answers);
            Reading before = read(running, client);
            Map<String, Double> calls = SystemCalls.rates(running.process().pid(), settings.length().loadMillis);
            Reading after = read(running, client);
            double perNano = (double) (after.answers - before.answers) / (after.nanos - before.nanos);
            calls.forEach((name, perSecond) -> extras.put(name, perSecond / perNano / 1e9));
            // The client would end with requests under way, and the server complain of each connection.
            running.end();
            return new Sample(values, extras);
        }
    }

    private record Reading(long answers, long nanos, long cpu) {}

    private static Reading read(Peer server, Peer client) throws IOException {
        String[] words = client.ask("count").split(" ");
        long cpu = server.process().info().totalCpuDuration().orElseThrow().toNanos();
        return new Reading(Long.parseLong(words[0]), Long.parseLong(words[1]), cpu);
    }
}
