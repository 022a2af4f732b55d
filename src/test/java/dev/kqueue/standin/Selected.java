package dev.kqueue.standin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Which test classes are run over the stand-in kernels: all in these packages but those that are named here. */
final class Selected {
    private Selected() {}

    private static final List<String> PACKAGES =
            List.of(
                    "dev.kqueue",
                    "dev.kqueue.internal.bsd",
                    "dev.kqueue.internal.channel",
                    "dev.kqueue.internal.fd",
                    "dev.kqueue.internal.io",
                    "dev.kqueue.internal.javanet",
                    "dev.kqueue.internal.libc",
                    "dev.kqueue.internal.park",
                    "dev.kqueue.internal.socket",
                    "dev.kqueue.internal.wakeup",
                    "dev.kqueue.nio",
                    "dev.kqueue.nio.file",
                    "dev.kqueue.nio.parity",
                    "dev.kqueue.tool.doctor");

    private static final String SLOW = "it takes long, and shows nothing of the ABI that others do not";
    private static final String NO_KERNEL = "it is of classes that call no kernel";
    private static final String ABOVE = "what it shows is decided above the kernel";
    private static final String OURS = "what it compares with is the kqueue over epoll, to the bit";
    private static final String LINUX = "it overflows inotify's queue, and waits for that";
    private static final String CHILD = "it starts JVMs of its own, which speak the host's ABI";

    /** By name, why. */
    static final Map<String, String> LEFT_OUT = new TreeMap<>();

    private static void leaveOut(String reason, String... classes) {
        for (String name : classes) {
            LEFT_OUT.put("dev.kqueue." + name, reason);
        }
    }

    static {
        leaveOut(
                SLOW,
                "internal.io.BuffersAllocationTest",
                "nio.DatagramAllocationTest",
                "nio.ChannelsStressTest",
                "nio.EndedWaitsTest",
                "nio.EventKeysStressTest",
                "nio.ManyConnectionsTest",
                "nio.ManyVirtualThreadsTest",
                "internal.channel.TcpReuseStressTest",
                "nio.WaitingStressTest",
                "KEventQueueStressTest");
        leaveOut(
                NO_KERNEL,
                "ArchitectureTest",
                "FilterTest",
                "internal.bsd.UseCountTest",
                "internal.fd.DescriptorTest",
                "nio.KeyTableTest",
                "NoteTest",
                "OverriddenTestsTest",
                "PublicApiTest",
                "SystemsPageTest");
        leaveOut(ABOVE, "PublicMethodsTest");
        leaveOut(
                OURS,
                "NamesPageTest",
                "ProcExitTest",
                "ProcForkTest",
                "RandomChangesTest",
                "ReadKindsTest",
                "nio.BadInputTest",
                "nio.ManySourcesTest",
                "nio.SignalKeysTest");
        leaveOut(LINUX, "nio.DirectoryKeysTest");
        leaveOut(LINUX, "nio.PathKeysTest");
        leaveOut(
                CHILD,
                "nio.AllocationBudgetTest",
                "nio.DefaultProviderTest",
                "nio.PinnedThreadsTest",
                "nio.MemoryBudgetTest",
                "nio.SharedSocketsTest",
                "nio.SystemCallBudgetTest",
                "internal.park.WakeSignalTest",
                "KEventListTest",
                "PackageExampleTest",
                "nio.InheritedChannelsTest",
                "nio.StartupTest");
    }

    /** The names of those that are run. */
    static List<String> classes() throws IOException {
        Path root = Path.of("target/test-classes");
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith("Test.class") && !file.contains("$"))
                    .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .filter(name -> PACKAGES.contains(name.substring(0, name.lastIndexOf('.'))))
                    .filter(name -> !LEFT_OUT.containsKey(name))
                    .sorted()
                    .toList();
        }
    }
}
