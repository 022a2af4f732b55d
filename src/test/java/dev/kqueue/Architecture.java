package dev.kqueue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who may refer to what: the package edges and the few classes with a privilege. */
final class Architecture {
    static final String API = "dev.kqueue";
    static final String NIO = "dev.kqueue.nio";
    static final String NIO_FILE = "dev.kqueue.nio.file";
    static final String CHANNEL = "dev.kqueue.internal.channel";
    static final String JAVANET = "dev.kqueue.internal.javanet";
    static final String SOCKET = "dev.kqueue.internal.socket";
    static final String IO = "dev.kqueue.internal.io";
    static final String PARK = "dev.kqueue.internal.park";
    static final String FD = "dev.kqueue.internal.fd";
    static final String WAKEUP = "dev.kqueue.internal.wakeup";
    static final String TOOL = "dev.kqueue.tool";
    static final String DOCTOR = "dev.kqueue.tool.doctor";
    static final String THREAD = "dev.kqueue.internal.thread";
    static final String ABI = "dev.kqueue.internal.abi";
    static final String LIBC = "dev.kqueue.internal.libc";
    static final String BACKEND = "dev.kqueue.internal.backend";
    static final String DIRECTORY = "dev.kqueue.internal.directory";
    static final String BSD = "dev.kqueue.internal.bsd";
    static final String JFR = "dev.kqueue.internal.jfr";
    static final String JVM = "dev.kqueue.internal.jvm";
    static final String SIGNAL = "dev.kqueue.internal.signal";
    static final String LINUX = "dev.kqueue.internal.linux";

    /** Each package, and those that it may refer to. */
    static final Map<String, Set<String>> EDGES =
            Map.ofEntries(
                    Map.entry(ABI, Set.of()),
                    Map.entry(THREAD, Set.of()),
                    Map.entry(LIBC, Set.of(ABI)),
                    Map.entry(API, Set.of(ABI, LIBC, THREAD, BACKEND)),
                    Map.entry(BACKEND, Set.of(API, LIBC)),
                    Map.entry(BSD, Set.of(API, BACKEND, LIBC, ABI)),
                    Map.entry(LINUX, Set.of(API, BACKEND, SIGNAL, LIBC, ABI, THREAD)),
                    Map.entry(SIGNAL, Set.of(LIBC, ABI)),
                    Map.entry(FD, Set.of(API, LIBC, ABI, THREAD)),
                    Map.entry(PARK, Set.of(API, FD, LIBC, ABI, THREAD)),
                    Map.entry(SOCKET, Set.of(FD, LIBC, ABI)),
                    Map.entry(IO, Set.of(FD, PARK, SOCKET, LIBC, ABI, THREAD)),
                    Map.entry(JAVANET, Set.of(SOCKET, LIBC)),
                    Map.entry(WAKEUP, Set.of(API, FD, LIBC, ABI)),
                    Map.entry(CHANNEL, Set.of(API, FD, PARK, SOCKET, IO, JAVANET, JFR, LIBC, ABI, THREAD)),
                    Map.entry(
                            NIO,
                            Set.of(
                                    API, CHANNEL, FD, PARK, SOCKET, IO, WAKEUP, SIGNAL, LIBC, ABI, THREAD, DIRECTORY,
                                    JFR, JVM)),
                    Map.entry(NIO_FILE, Set.of(API, DIRECTORY, WAKEUP, LIBC)),
                    Map.entry(DIRECTORY, Set.of(API, FD)),
                    Map.entry(JVM, Set.of()),
                    Map.entry(JFR, Set.of()),
                    Map.entry(TOOL, Set.of(API, NIO, DOCTOR, JVM)),
                    Map.entry(DOCTOR, Set.of(API, NIO, LIBC, ABI, JVM)));

    /** The one class that knows the kqueues by name. */
    private static final String CHOOSER = "dev.kqueue.HostKQueue";

    private static final Set<String> EXPORTED = Set.of(API, NIO, NIO_FILE);

    private static final Set<String> NATIVE_ACCESS =
            Set.of("java.lang.foreign.Linker", "java.lang.foreign.SymbolLookup");

    /** The system's name, release and architecture: from them one place concludes what the system is. */
    private static final String SYSTEM = "os.";

    /** Not "sun." alone: some system properties begin with it. */
    private static final List<String> JDK_INTERNALS = List.of("sun.nio.", "sun.misc.", "jdk.internal.");

    private Architecture() {}

    /** A sentence for each rule that a class breaks. */
    static List<String> violations(Collection<ClassFacts> classes) {
        List<String> violations = new ArrayList<>();
        for (ClassFacts type : classes) {
            if (!EDGES.containsKey(type.packageName())) {
                violations.add(type.name() + " is in a package that the architecture does not know");
                continue;
            }
            for (String referred : type.references()) {
                if (!mayRefer(type, referred)) {
                    violations.add(type.name() + " may not refer to " + referred);
                }
            }
            if (EXPORTED.contains(type.packageName())) {
                for (String published : type.published()) {
                    if (published.startsWith("dev.kqueue.internal.")) {
                        violations.add(type.name() + " shows " + published + " to its users");
                    }
                }
            }
            for (String literal : type.strings()) {
                if (!mayName(type, literal)) {
                    violations.add(type.name() + " may not name \"" + literal + "\"");
                }
            }
        }
        return violations;
    }

    private static boolean mayRefer(ClassFacts type, String referred) {
        String from = type.packageName();
        String to = ClassFacts.packageOf(referred);
        if (to.equals(API) || to.startsWith("dev.kqueue.")) {
            boolean chosen = type.topLevelName().equals(CHOOSER) && (to.equals(BSD) || to.equals(LINUX));
            return to.equals(from) || EDGES.get(from).contains(to) || chosen;
        }
        if (NATIVE_ACCESS.stream().anyMatch(name -> referred.equals(name) || referred.startsWith(name + "$"))) {
            return from.equals(LIBC);
        }
        if (referred.startsWith("sun.misc.Signal")) {
            // The JVM owns the delivery of signals; this is the only way to it that needs no flag.
            return from.equals(SIGNAL);
        }
        return !isJdkInternal(referred);
    }

    private static boolean mayName(ClassFacts type, String literal) {
        // By name, since javac cannot be kept from warning of its use.
        boolean signals = literal.startsWith("sun.misc.Signal") && type.packageName().equals(SIGNAL);
        return (signals || JDK_INTERNALS.stream().noneMatch(literal::startsWith))
                && (!literal.startsWith(SYSTEM) || type.packageName().equals(ABI));
    }

    private static boolean isJdkInternal(String name) {
        return name.startsWith("sun.") || name.startsWith("jdk.internal.");
    }
}
