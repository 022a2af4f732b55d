package dev.kqueue.internal.abi;

import java.util.List;

/**
 * The signals by which a thread can be made to leave a system call, in the order of preference. The first is the number
 * that the JDK's own channels use for the same purpose: in any JVM it is taken.
 */
public final class WaitSignals {
    private WaitSignals() {}

    /** {@code __SIGRTMAX - 2}, then other real-time signals; the lowest belong to the C library and to .NET. */
    private static final List<Integer> OF_LINUX = List.of(62, 63, 64, 61, 60, 59);

    /** The system's signals. */
    public static List<Integer> of(Abi abi) {
        return switch (abi.system()) {
            case "Linux", "libkqueue" -> OF_LINUX;
            // Both are ignored by default.
            default -> List.of(abi.constant("SIGIO"), abi.constant("SIGURG"));
        };
    }
}
