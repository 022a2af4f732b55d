package dev.kqueue.programs;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.management.ObjectName;

/**
 * One program under its load in this JVM: {@code Trial CLASS REQUESTS}. The last line of the output is the result.
 *
 * <p>The first fifth of the requests warms the program up, and is not counted in its CPU time.
 */
public final class Trial {
    /** How many threads make requests. */
    private static final int CLIENTS = 8;

    static final String RESULT = "RESULT ";

    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicReference<Exception> firstError = new AtomicReference<>();

    private Trial() {}

    public static void main(String[] args) throws Exception {
        Program program = (Program) Class.forName(args[0]).getDeclaredConstructor().newInstance();
        int requests = Integer.parseInt(args[1]);
        program.start();
        Trial trial = new Trial();
        List<Program.Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(program.connect());
        }
        trial.run(clients, requests / 5);
        long before = cpuNanos();
        trial.run(clients, requests);
        long cpu = (cpuNanos() - before) / requests / 1000;
        String selectors = selectors();
        for (Program.Client client : clients) {
            client.close();
        }
        program.close();
        if (trial.firstError.get() != null) {
            trial.firstError.get().printStackTrace();
        }
        System.out.println(
                RESULT
                        + version(program.versionOf())
                        + "|"
                        + requests
                        + "|"
                        + trial.errors
                        + "|"
                        + cpu
                        + "|"
                        + selectors);
        // Some programs leave threads behind that are no daemons.
        System.exit(trial.errors.get() == 0 ? 0 : 1);
    }

    private void run(List<Program.Client> clients, int requests) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(clients.size());
        AtomicInteger next = new AtomicInteger();
        for (Program.Client client : clients) {
            Thread.ofPlatform()
                    .daemon()
                    .start(
                            () -> {
                                for (int n = next.getAndIncrement(); n < requests; n = next.getAndIncrement()) {
                                    try {
                                        client.request(n);
                                    } catch (Exception e) {
                                        errors.incrementAndGet();
                                        firstError.compareAndSet(null, e);
                                    }
                                }
                                ended.countDown();
                            });
        }
        ended.await();
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Which selectors and channels are alive, by the JVM's own count: it shows what the program really uses. */
    private static String selectors() throws Exception {
        String histogram =
                (String)
                        ManagementFactory.getPlatformMBeanServer()
                                .invoke(
                                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                        "gcClassHistogram",
                                        new Object[] {null},
                                        new String[] {String[].class.getName()});
        StringBuilder found = new StringBuilder();
        Matcher matcher =
                Pattern.compile(
                                "(?m)^ *\\d+: +(\\d+) +\\d+"
                                    + " +\\S*?\\.(KQueueSelector|EPollSelectorImpl|KQueueSocketChannel|SocketChannelImpl|KQueueDatagramChannel|DatagramChannelImpl)\\b(?!"
                                    + " *\\$).*$")
                        .matcher(histogram);
        while (matcher.find()) {
            found.append(found.isEmpty() ? "" : ", ").append(matcher.group(1)).append(' ').append(matcher.group(2));
        }
        return found.isEmpty() ? "none" : found.toString();
    }

    /** The version in the name of the jar that a class comes from, or the JDK's. */
    private static String version(Class<?> type) {
        if (type.getProtectionDomain().getCodeSource() == null) {
            return Runtime.version().toString();
        }
        String jar = type.getProtectionDomain().getCodeSource().getLocation().getPath();
        Matcher matcher = Pattern.compile("-(\\d[^/]*)\\.jar$").matcher(jar);
        return matcher.find() ? matcher.group(1) : jar;
    }
}
