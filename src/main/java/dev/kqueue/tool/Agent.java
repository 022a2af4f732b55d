package dev.kqueue.tool;

/**
 * A Java agent that instruments nothing: {@code -javaagent:kqueue-nio.jar} puts the jar on a program's class path, also
 * where {@code -cp} has no effect, as with {@code -jar}.
 */
public final class Agent {
    private Agent() {}

    /** Called by the JVM before the program's {@code main}. */
    public static void premain(@SuppressWarnings("unused") String arguments) {}
}
