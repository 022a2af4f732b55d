package dev.kqueue.tool;

import dev.kqueue.internal.jvm.RequiredJava;

import java.lang.reflect.InvocationTargetException;

/**
 * The main class of {@code java -jar kqueue-nio.jar}. Compiled for Java 8, so that an older Java gets far enough to say
 * that it is too old.
 */
public final class Launcher {
    private Launcher() {}

    /** Hands the arguments on; exits with status 1 if this Java is too old. */
    public static void main(String[] arguments) throws Throwable {
        String complaint = RequiredJava.complaint();
        if (complaint != null) {
            System.err.println(complaint);
            System.exit(1);
        }
        try {
            // By name: verifying this class must not load a class that an older Java cannot read.
            Class.forName("dev.kqueue.tool.Main").getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
