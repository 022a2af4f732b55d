package dev.kqueue.tool;

/**
 * Nothing: {@code -javaagent:kqueue-nio.jar} puts the jar on a program's class path, also where {@code -cp} does not
 * reach, as beside {@code -jar}. There is nothing to instrument.
 */
public final class Agent {
    private Agent() {}

    /** Called by the JVM before the program's {@code main}. */
    public static void premain(@SuppressWarnings("unused") String arguments) {}
}
