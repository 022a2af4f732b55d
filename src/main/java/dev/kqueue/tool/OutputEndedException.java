package dev.kqueue.tool;

import java.io.IOException;
import java.io.Serial;

/** The reader of a command's output is gone, as that of {@code | head -1} after one line. */
final class OutputEndedException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    OutputEndedException() {
        super("the reader of the output is gone");
    }
}
