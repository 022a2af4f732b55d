package dev.kqueue.benchmarks.events;

import java.io.IOException;

/** Something that happens, and that a program learns of. */
public interface Events extends AutoCloseable {
    /** Makes it happen once, and returns when the program knows. */
    void causeAndAwait() throws Exception;

    @Override
    void close() throws IOException;
}
