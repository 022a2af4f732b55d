package dev.kqueue.tool;

import java.lang.reflect.InvocationTargetException;

/**
 * The door of {@code java -jar kqueue-nio.jar}. Compiled for Java 8, as the only class of the jar, so that an older
 * Java gets far enough to be told that it is too old.
 */
public final class Launcher {
    private static final int OLDEST = 25;

    private Launcher() {}

    /** Hands the arguments on; exits with status 1 if this Java is too old. */
    public static void main(String[] arguments) throws Throwable {
        String complaint = complaint(System.getProperty("java.specification.version"), System.getProperty("java.home"));
        if (complaint != null) {
            System.err.println(complaint);
            System.exit(1);
        }
        try {
            // By name: a compiler for Java 8 cannot read the class.
            Class.forName("dev.kqueue.tool.Main").getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /**
     * What to say to a Java that is too old, or null.
     *
     * @param version "1.8", "17", "25"
     */
    static String complaint(String version, String home) {
        int feature = Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
        return feature >= OLDEST
                ? null
                : "kqueue-nio needs Java " + OLDEST + " or newer; this is Java " + version + ", in " + home;
    }
}
