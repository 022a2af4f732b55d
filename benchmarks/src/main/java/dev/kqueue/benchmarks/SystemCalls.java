package dev.kqueue.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts what a process asks of the kernel, with perf(1): it hardly slows what it counts, so that a server under load
 * finds as many connections ready in each select as without it.
 */
final class SystemCalls {
    private static final String TOTAL = "raw_syscalls:sys_enter";
    private static final String ONE = "syscalls:sys_enter_";

    /** Those that a server may make for a message. One that the kernel does not have would fail them all. */
    private static final List<String> NAMED =
            List.of(
                    "read",
                    "write",
                    "readv",
                    "writev",
                    "recvfrom",
                    "sendto",
                    "recvmsg",
                    "sendmsg",
                    "epoll_wait",
                    "epoll_pwait",
                    "epoll_pwait2",
                    "epoll_ctl",
                    "poll",
                    "ppoll",
                    "ioctl",
                    "fcntl",
                    "getsockopt",
                    "setsockopt",
                    "futex",
                    "sched_yield",
                    "timerfd_settime");

    private SystemCalls() {}

    /** System calls a second: "calls" of all, "calls read" of read(2). Empty where perf cannot count. */
    static Map<String, Double> rates(long pid, int millis) throws IOException, InterruptedException {
        Path counts = Files.createTempFile("perf", ".csv");
        try {
            String events = TOTAL + "," + ONE + String.join("," + ONE, NAMED);
            Process perf =
                    new ProcessBuilder(
                                    List.of(
                                            "sh",
                                            "-c",
                                            "command -v perf >/dev/null && exec perf stat -x, -o \"$1\" -e \"$2\" -p $3"
                                                    + " -- sleep $4",
                                            "perf",
                                            counts.toString(),
                                            events,
                                            String.valueOf(pid),
                                            String.valueOf(millis / 1000.0)))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            perf.waitFor();
            Map<String, Double> rates = new TreeMap<>();
            for (String line : Files.readAllLines(counts)) {
                String[] fields = line.split(",");
                if (fields.length > 2 && fields[0].matches("[0-9]+") && !fields[0].equals("0")) {
                    String name = fields[2].equals(TOTAL) ? "calls" : "calls " + fields[2].substring(ONE.length());
                    rates.put(name, Long.parseLong(fields[0]) * 1000.0 / millis);
                }
            }
            return rates;
        } finally {
            Files.deleteIfExists(counts);
        }
    }
}
