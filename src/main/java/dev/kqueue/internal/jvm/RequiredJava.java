package dev.kqueue.internal.jvm;

/**
 * The oldest Java that this library runs on, and the message for an older one.
 *
 * <p>The classes that a program or a JVM loads by name (the provider, the agent, the launcher) are compiled for Java 8
 * and ask here first. Without that an older Java answers with an UnsupportedClassVersionError, which names class file
 * versions and no Java.
 */
public final class RequiredJava {
    private static final int OLDEST = 25;

    private RequiredJava() {}

    /** The message for the user of a Java that is too old, in one sentence; null if this Java is new enough. */
    public static String complaint() {
        return complaint(System.getProperty("java.specification.version"), System.getProperty("java.home"));
    }

    /**
     * The same, of any Java.
     *
     * @param version "1.8", "17", "25"
     */
    static String complaint(String version, String home) {
        int feature = Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
        return feature >= OLDEST
                ? null
                : "kqueue-nio needs Java " + OLDEST + " or newer; this is Java " + version + ", in " + home;
    }

    /**
     * Throws if this Java is too old.
     *
     * @throws UnsupportedOperationException with the sentence of {@link #complaint}
     */
    public static void check() {
        String complaint = complaint();
        if (complaint != null) {
            throw new UnsupportedOperationException(complaint);
        }
    }
}
