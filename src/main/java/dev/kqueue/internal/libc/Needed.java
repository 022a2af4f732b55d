package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

import java.util.List;

/**
 * The symbols that a library with another system's ABI must export: see {@link Symbols#withKqueue}. Of the process's
 * own C library nothing may stand in for it: the structures and numbers would be another system's.
 */
final class Needed {
    private Needed() {}

    /** More names than these make no sentence. */
    private static final int NAMED = 6;

    /** The symbols that a library lacks, as a part of a sentence; empty if it has all. */
    static String missing(Library library) {
        List<String> missing =
                Symbols.withKqueue()
                        .filter(function -> library.find(function).isEmpty())
                        .map(function -> Abi.HOST.symbol(function).orElse(function))
                        .toList();
        String named = String.join(", ", missing.subList(0, Math.min(NAMED, missing.size())));
        return missing.size() <= NAMED ? named : named + " and " + (missing.size() - NAMED) + " more";
    }
}
