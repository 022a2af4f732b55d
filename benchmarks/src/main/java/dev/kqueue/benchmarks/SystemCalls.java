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
final class SystemCalls implements AutoCloseable {
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

    private final Path counts;
    private final Process perf;

    private SystemCalls(Path counts, Process perf) {
        this.counts = counts;
        this.perf = perf;
    }

    /** Begins to count those of a process. */
    static SystemCalls count(long pid) throws IOException {
        Path counts = Files.createTempFile("perf", ".csv");
        String events = TOTAL + "," + ONE + String.join("," + ONE, NAMED);
        // perf ends, and writes, when the command that it runs has come to the end of its input.
        Process perf =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "command -v perf >/dev/null && exec perf stat -x, -o \"$1\" -e \"$2\" -p $3 -- cat",
                                "perf",
                                counts.toString(),
                                events,
                                String.valueOf(pid))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return new SystemCalls(counts, perf);
    }

    /** Ends it: "calls" of all, "calls read" of read(2). Empty where perf cannot count. */
    Map<String, Long> end() throws IOException, InterruptedException {
        perf.getOutputStream().close();
        perf.waitFor();
        Map<String, Long> numbers = new TreeMap<>();
        for (String line : Files.readAllLines(counts)) {
            String[] fields = line.split(",");
            if (fields.length > 2 && fields[0].matches("[0-9]+") && !fields[0].equals("0")) {
                String name = fields[2].equals(TOTAL) ? "calls" : "calls " + fields[2].substring(ONE.length());
                numbers.put(name, Long.parseLong(fields[0]));
            }
        }
        return numbers;
    }

    @Override
    public void close() throws IOException {
        perf.destroy();
        Files.deleteIfExists(counts);
    }
}
