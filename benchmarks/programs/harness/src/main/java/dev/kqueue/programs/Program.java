package dev.kqueue.programs;

/**
 * A server of another project, and one request to it.
 *
 * <p>The server and its clients run in one JVM, so that both are on the selector provider which is tried. Each program
 * has a module of its own, because their dependencies do not agree with each other.
 */
public interface Program extends AutoCloseable {
    /** Starts the server on a free port of the loopback address, and returns when it can be connected to. */
    void start() throws Exception;

    /** Opens what one client thread uses for its requests. */
    Client connect() throws Exception;

    /** The jar whose name has the version, by a class in it. */
    Class<?> versionOf();

    /** What one client thread uses: a connection, a session, a producer and its consumer. */
    interface Client extends AutoCloseable {
        /**
         * Makes one request and waits for its answer.
         *
         * @throws Exception if there is no answer, or not the right one
         */
        void request(int number) throws Exception;
    }
}
