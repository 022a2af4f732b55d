package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.util.stream.Stream;

/**
 * Checks that this process can make native calls, before any class of this package is initialized. The classes of this
 * package link their functions when they are loaded; what fails there would reach a user as an
 * ExceptionInInitializerError, and as a NoClassDefFoundError ever after. So every entry point, {@code KQueue.open} and
 * the SelectorProvider's methods, asks here first.
 */
public final class Startup {
    private Startup() {}

    private static final String FAILURE = failure();

    /**
     * Throws if nothing can work in this process, in one sentence that says what to do: the system, its architecture,
     * the library or the ABI that the user chose, or denied access to native code.
     *
     * @throws UnsupportedOperationException with that sentence
     */
    public static void check() {
        if (FAILURE != null) {
            throw new UnsupportedOperationException(FAILURE);
        }
    }

    private static String failure() {
        try {
            Abi.check();
            Library.HOST.check();
            // Linking is what a JVM may forbid. Every C library has close(2).
            if (!CLibrary.has("close")) {
                return Library.HOST.lacks("close");
            }
            CLibrary.function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            // Without it our own kqueue would be taken, with the numbers of the other.
            return Stream.of("kqueue", "kevent")
                    .filter(function -> Abi.HOST.symbol(function).isPresent() && !CLibrary.has(function))
                    .map(Library.HOST::lacks)
                    .findFirst()
                    .orElse(null);
        } catch (UnsupportedOperationException e) {
            return e.getMessage();
        } catch (IllegalCallerException e) {
            String module = Startup.class.getModule().isNamed() ? Startup.class.getModule().getName() : "ALL-UNNAMED";
            return "kqueue-nio calls the C library, and this JVM forbids it: add --enable-native-access=" + module;
        }
    }
}
