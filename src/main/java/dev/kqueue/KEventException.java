package dev.kqueue;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Thrown by {@link KEventQueue#apply} when changes failed; it lists them. All other changes of the call were made.
 *
 * {@snippet :
 * try {
 *     queue.apply(KEvent.read(socket, EV_ADD, 0, connection));
 * } catch (KEventException e) {
 *     for (KEventException.Failure failure : e.failures()) {
 *         log(failure.change() + ": " + failure.reason());
 *     }
 * }
 * }
 */
public final class KEventException extends IOException {
    private static final long serialVersionUID = 1;

    /** One change that failed, and why. */
    public static final class Failure {
        private final KEvent change;
        private final int errno;
        private final String reason;

        Failure(KEvent change, int errno, String reason) {
            this.change = change;
            this.errno = errno;
            this.reason = reason;
        }

        /** The change, as it was given. */
        public KEvent change() {
            return change;
        }

        /**
         * The C library's error number: ENOENT for a change of an event that is not there, EBADF for a descriptor that
         * is not open, ESRCH for a process that is gone.
         */
        public int errno() {
            return errno;
        }

        /** The error in words, with its name. */
        public String reason() {
            return reason;
        }

        /** The change and the reason. */
        @Override
        public String toString() {
            return change + ": " + reason;
        }
    }

    private final transient List<Failure> failures;

    /** Makes the exception of these failures, of which there must be at least one. */
    KEventException(List<Failure> failures) {
        super(failures.stream().map(Failure::toString).collect(Collectors.joining("; ")));
        this.failures = List.copyOf(failures);
    }

    /** The changes that failed, in the order in which they were given. Empty after serialization. */
    public List<Failure> failures() {
        return Objects.requireNonNullElse(failures, List.of());
    }
}
