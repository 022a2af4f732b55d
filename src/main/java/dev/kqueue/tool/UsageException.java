package dev.kqueue.tool;

import java.io.Serial;

/** A command was called with arguments that it does not take. */
final class UsageException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
