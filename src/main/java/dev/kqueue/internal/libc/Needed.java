package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

import java.util.List;

/**
 * What a library must export that speaks another system's ABI. Of the process's own C library nothing may stand in for
 * it: the structures and numbers would be another system's.
 *
 * <p>Functions that this package can do without are not here: accept4, pipe2, kqueue1, kqueuex, eventfd, sendfile,
 * getpeereid.
 */
final class Needed {
    private Needed() {}

    /** Only ./kq doctor asks for limits. */
    private static final String SPARED = "getrlimit";

    /** More names than these make no sentence. */
    private static final int NAMED = 6;

    /** The symbols that a library lacks, as a part of a sentence; empty if it has all. */
    static String missing(Library library) {
        List<String> missing =
                Symbols.ofKernels()
                        .filter(function -> !function.equals(SPARED))
                        .filter(function -> library.find(function).isEmpty())
                        .map(function -> Abi.HOST.symbol(function).orElse(function))
                        .toList();
        String named = String.join(", ", missing.subList(0, Math.min(NAMED, missing.size())));
        return missing.size() <= NAMED ? named : named + " and " + (missing.size() - NAMED) + " more";
    }
}
