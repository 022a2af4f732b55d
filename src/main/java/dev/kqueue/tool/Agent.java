package dev.kqueue.tool;

import dev.kqueue.internal.jvm.RequiredJava;

/**
 * A Java agent that instruments nothing: {@code -javaagent:kqueue-nio.jar} puts the jar on a program's class path, also
 * where {@code -cp} has no effect, as with {@code -jar}. Compiled for Java 8, as {@link Launcher} is.
 */
public final class Agent {
    private Agent() {}

    /**
     * Called by the JVM before the program's {@code main}; exits with status 1 if this Java is too old. An exception
     * would abort the JVM, with a core file.
     */
    public static void premain(@SuppressWarnings("unused") String arguments) {
        String complaint = RequiredJava.complaint();
        if (complaint != null) {
            System.err.println(complaint);
            System.exit(1);
        }
    }
}
