package dev.kqueue.internal.abi;

import java.util.Optional;

/** The signature of sendfile(2), which differs between systems. */
public enum SendfileForm {
    /** {@code ssize_t sendfile(int out_fd, int in_fd, off_t *offset, size_t count)}: Linux. */
    OUT_FIRST,

    /**
     * {@code int sendfile(int fd, int s, off_t offset, size_t nbytes, struct sf_hdtr *hdtr, off_t *sbytes, int flags)}:
     * FreeBSD, DragonFly BSD.
     */
    COUNT_AND_SENT,

    /**
     * {@code int sendfile(int fd, int s, off_t offset, off_t *len, struct sf_hdtr *hdtr, int flags)}: macOS. The length
     * goes in as what to send and comes out as what was sent.
     */
    LENGTH_IN_AND_OUT;

    /** The system's form; empty where there is no sendfile(2): NetBSD, OpenBSD. */
    public static Optional<SendfileForm> of(Abi abi) {
        return switch (abi.system()) {
            case "Linux", "libkqueue" -> Optional.of(OUT_FIRST);
            case "FreeBSD", "DragonFly BSD" -> Optional.of(COUNT_AND_SENT);
            case "macOS" -> Optional.of(LENGTH_IN_AND_OUT);
            default -> Optional.empty();
        };
    }
}
