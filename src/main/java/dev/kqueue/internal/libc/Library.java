package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the C functions come from: the process's own C library, or first the one that {@code -Dkqueue.library} names.
 *
 * <p>A library that speaks another system's ABI must have everything itself. A function of the process's own C library
 * would be found under the same name, and would read the other system's structures wrongly.
 */
final class Library {
    static final Library HOST = open(System.getProperty("kqueue.library"));

    private final String name;
    private final SymbolLookup symbols;
    private final String failure;

    private Library(String name, SymbolLookup symbols, String failure) {
        this.name = name;
        this.symbols = symbols;
        this.failure = failure;
    }

    /** Never throws: a library that cannot be had has no symbols, and says why. */
    @SuppressWarnings("restricted")
    private static Library open(String chosen) {
        SymbolLookup own = Linker.nativeLinker().defaultLookup();
        if (chosen == null) {
            return new Library("the C library", own, null);
        }
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(Path.of(chosen), Arena.global());
        } catch (IllegalArgumentException | IllegalCallerException e) {
            // Of the first: no such file, or no library of this machine. Of the second: native access is denied.
            String failure = "-Dkqueue.library=" + chosen + " cannot be loaded: " + e.getMessage();
            return new Library(chosen, ignored -> Optional.empty(), failure);
        }
        if (library.find("kqueue").isPresent() && Abi.HOST.symbol("kqueue").isEmpty()) {
            String failure =
                    "-Dkqueue.library="
                            + chosen
                            + " has a kqueue(2), but whose numbers it speaks is not said:"
                            + " add -Dkqueue.abi=libkqueue, or the name of another ABI";
            return new Library(chosen, ignored -> Optional.empty(), failure);
        }
        return new Library(chosen, Abi.HOST.isForeign() ? without(library, own) : library.or(own), null);
    }

    /**
     * The library's own functions. A look-up in a library goes on in the libraries that it needs itself, and so finds
     * the C library's.
     */
    private static SymbolLookup without(SymbolLookup library, SymbolLookup own) {
        return symbol -> library.find(symbol).filter(found -> !own.find(symbol).equals(Optional.of(found)));
    }

    Optional<MemorySegment> find(String function) {
        Optional<String> symbol = Abi.HOST.symbol(function);
        Optional<MemorySegment> found = symbol.isPresent() ? symbols.find(symbol.get()) : Optional.empty();
        boolean elsewhere = found.isEmpty() && function.startsWith("pthread_") && !Abi.HOST.isForeign();
        return elsewhere ? OfThreads.find(function) : found;
    }

    /** A library of their own for the functions of threads: glibc before 2.34, NetBSD, OpenBSD. */
    private static final class OfThreads {
        private static final List<String> NAMES = List.of("libpthread.so.0", "libpthread.so");

        static Optional<MemorySegment> find(String function) {
            for (String name : NAMES) {
                Optional<MemorySegment> found = in(name, function);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }

        @SuppressWarnings("restricted")
        private static Optional<MemorySegment> in(String library, String function) {
            try {
                return SymbolLookup.libraryLookup(library, Arena.global()).find(function);
            } catch (IllegalArgumentException noSuchLibrary) {
                return Optional.empty();
            }
        }
    }

    /** The message about a function that {@link #find} has not found. */
    String lacks(String function) {
        return failure != null
                ? failure
                : name
                        + " has no function "
                        + Abi.HOST.symbol(function).orElse(function)
                        + ", which the ABI of "
                        + Abi.HOST.system()
                        + " needs";
    }

    /** The C library, or the path of the library that was chosen. */
    String name() {
        return name;
    }

    /**
     * @throws UnsupportedOperationException if the library cannot be had, or lacks what the ABI needs; in one sentence
     */
    void check() {
        if (failure != null) {
            throw new UnsupportedOperationException(failure);
        }
        String missing = Abi.HOST.isForeign() ? Needed.missing(this) : "";
        if (!missing.isEmpty()) {
            throw new UnsupportedOperationException(
                    name + " does not speak the ABI of " + Abi.HOST.system() + ": it has no " + missing);
        }
    }
}
