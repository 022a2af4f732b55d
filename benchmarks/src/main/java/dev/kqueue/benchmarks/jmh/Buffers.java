package dev.kqueue.benchmarks.jmh;

import java.nio.ByteBuffer;

/** Buffers by the name of their kind. */
final class Buffers {
    private Buffers() {}

    static ByteBuffer allocate(String kind, int size) {
        return switch (kind) {
            case "heap" -> ByteBuffer.allocate(size);
            case "direct" -> ByteBuffer.allocateDirect(size);
            default -> throw new IllegalArgumentException(kind);
        };
    }
}
