package dev.kqueue.nio;

import dev.kqueue.KQueue;
import dev.kqueue.internal.jvm.OwnVersion;
import dev.kqueue.internal.libc.Symbols;

import java.io.IOException;

/**
 * The line that {@code -Dkqueue.verbose} asks for. On standard error and not through a logger: the provider may be
 * opened while the program's logging is being set up.
 */
final class Announcement {
    private Announcement() {}

    /** Whether it is asked for: by the property alone, or with any value but {@code false}. */
    static boolean isWanted() {
        String verbose = System.getProperty("kqueue.verbose");
        return verbose != null && !verbose.equals("false");
    }

    static void print() {
        String version = OwnVersion.find().map(known -> " " + known).orElse("");
        System.err.println("kqueue-nio" + version + " is the selector provider: " + backend());
    }

    private static String backend() {
        try (KQueue kqueue = KQueue.open()) {
            return kqueue + ", functions of " + Symbols.library();
        } catch (IOException | UnsupportedOperationException e) {
            return e.getMessage();
        }
    }
}
