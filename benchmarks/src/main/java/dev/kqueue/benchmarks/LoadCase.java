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
 * Servers, each in a process of its own, under the load of a client in another, which turns from one server to the
 * next. The value is the time between two answers, of all connections together; the CPU time is the server's alone, and
 * says more where the client is the slower one.
 *
 * @param name of the case, with parameters
 * @param protocol of the client: "echo" or "http"
 * @param server the server's command line on a side
 * @param warmUp how many seconds the server needs at least until what matters is compiled
 */
record LoadCase(
        String name,
        String protocol,
        int connections,
        int size,
        Function<Side, List<String>> server,
        List<Side> moreSides,
        Length shortest,
        int warmUp,
        Settings settings)
        implements Case {
    private static final int MOST_CONNECTIONS = 15_000;
    private static final long COUNTED_NANOS = 300_000_000;

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
    public Map<Side, Sample> run(List<Side> sides) throws IOException, InterruptedException {
        Map<Side, Peer> servers = new LinkedHashMap<>();
        List<Peer> clients = new ArrayList<>();
        try {
            for (Side side : sides) {
                servers.put(side, Peer.start(server.apply(side)));
            }
            List<String> ports = new ArrayList<>();
            for (Peer one : servers.values()) {
                ports.add(String.valueOf(one.address().getPort()));
            }
            // One client for all servers, unless it would have too many descriptors.
            boolean isOne = connections * ports.size() <= MOST_CONNECTIONS;
            for (List<String> some : isOne ? List.of(ports) : ports.stream().map(List::of).toList()) {
                clients.add(client(some));
            }
            Map<Side, Turns.Worker> workers = new LinkedHashMap<>();
            int index = 0;
            for (Side side : sides) {
                Peer one = servers.get(side);
                Peer client = clients.get(isOne ? 0 : index);
                int group = isOne ? index : 0;
                workers.put(side, nanos -> work(one, client, group, nanos));
                index++;
            }
            // With very many connections each of them should have its turns in a slice.
            Map<Side, Sample> samples = settings.length().measure(workers, 1 + connections / 2_000, warmUp);
            for (Side side : sides) {
                samples.get(side).extras().putAll(calls(servers.get(side), workers.get(side)));
            }
            return samples;
        } finally {
            // The client would end first, and the servers complain of each connection.
            for (Peer one : servers.values()) {
                one.close();
            }
            for (Peer client : clients) {
                client.close();
            }
        }
    }

    private Peer client(List<String> ports) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(protocol, String.valueOf(connections), String.valueOf(size)));
        arguments.addAll(ports);
        Peer client = Peer.start(LoadClient.class, arguments.toArray(String[]::new));
        client.answer();
        return client;
    }

    private static Turns.Slice work(Peer server, Peer client, int group, long nanos) throws IOException {
        long cpu = CpuClock.nanos(server.process());
        String[] words = client.ask(group + " " + nanos).split(" ");
        return new Turns.Slice(
                Long.parseLong(words[0]), Long.parseLong(words[1]), CpuClock.nanos(server.process()) - cpu, 0);
    }

    /** System calls for each answer, counted in a slice of their own. */
    private static Map<String, Double> calls(Peer server, Turns.Worker worker)
            throws IOException, InterruptedException {
        try (SystemCalls calls = SystemCalls.count(server.process().pid())) {
            Turns.Slice slice = worker.work(COUNTED_NANOS);
            Map<String, Double> extras = new LinkedHashMap<>();
            calls.end().forEach((name, count) -> extras.put(name, (double) count / slice.operations()));
            return extras;
        }
    }
}
