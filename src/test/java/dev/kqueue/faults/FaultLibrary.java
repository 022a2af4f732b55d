package dev.kqueue.faults;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The C library whose functions fail on demand: builds it, and in the JVM that runs on it, arms it. */
final class FaultLibrary {
    private static final Path SOURCES = Path.of("src/test/c/faults");
    private static final Path FOLDER = Path.of("target/faults");

    private static final Map<String, String> RETURNS = Map.of("-1", "MINUS_ONE", "0", "ZERO", "code", "CODE");

    private final List<String> functions;
    private final MethodHandle reset;
    private final MethodHandle arm;
    private final MethodHandle disarm;
    private final MethodHandle hits;
    private final MethodHandle calls;

    @SuppressWarnings("restricted")
    private FaultLibrary(Path library, List<String> functions) {
        this.functions = functions;
        SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
        reset = link(symbols, "faults_reset", FunctionDescriptor.ofVoid());
        arm =
                link(
                        symbols,
                        "faults_arm",
                        FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
        disarm = link(symbols, "faults_disarm", FunctionDescriptor.ofVoid());
        hits = link(symbols, "faults_hits", FunctionDescriptor.of(JAVA_LONG));
        calls = link(symbols, "faults_calls", FunctionDescriptor.of(JAVA_LONG, JAVA_INT));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(SymbolLookup symbols, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), type);
    }

    // ---- building it

    /** Why there can be none here, in one sentence. */
    static Optional<String> obstacle() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.of("the faults are those of Linux's C functions, and this is another system");
        }
        boolean hasGcc =
                Pattern.compile(File.pathSeparator)
                        .splitAsStream(System.getenv("PATH"))
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "gcc")));
        return hasGcc ? Optional.empty() : Optional.of("there is no gcc to build the library of faults with");
    }

    /** Builds it anew; returns where it is. */
    static Path build() throws IOException, InterruptedException {
        Path including = Files.createDirectories(FOLDER);
        StringBuilder header = new StringBuilder();
        for (FunctionTable.Row function : FunctionTable.read().values()) {
            header.append("FUNCTION(").append(function.name()).append(", ");
            header.append(RETURNS.get(function.returns())).append(")\n");
        }
        Files.writeString(including.resolve("functions.h"), header);
        // Under a name of its own first: a run that has loaded an older one keeps that.
        Path library = including.resolve("libfaults.so");
        Path building = including.resolve("libfaults.so." + ProcessHandle.current().pid());
        List<String> command = new ArrayList<>();
        command.addAll(List.of("gcc", "-std=gnu17", "-O1", "-g", "-fPIC", "-shared", "-fvisibility=hidden"));
        // The functions are declared with six longs each, whatever their types: as registers these are all one.
        command.addAll(List.of("-fno-builtin", "-Wno-builtin-declaration-mismatch", "-Wall", "-Wextra", "-Werror"));
        command.addAll(List.of("-I" + including, "-I" + SOURCES, "-o", building.toString()));
        for (String source : List.of("faults.c", "kinds.c", "originals.c")) {
            command.add(SOURCES.resolve(source).toString());
        }
        command.add("-ldl");
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = String.join("\n", compiler.inputReader().readAllLines());
        assertThat(compiler.waitFor()).as("%s%n%s", String.join(" ", command), said).isZero();
        Files.move(building, library, StandardCopyOption.REPLACE_EXISTING);
        return library.toAbsolutePath();
    }

    // ---- using it

    /** The one that this JVM runs on. */
    static FaultLibrary loaded() throws IOException {
        return new FaultLibrary(
                Path.of(System.getProperty("kqueue.library")), List.copyOf(FunctionTable.read().keySet()));
    }

    List<String> functions() {
        return functions;
    }

    /** Lets nothing fail, and counts calls from 0. */
    void reset() {
        callVoid(reset);
    }

    /** Lets calls of a function fail, the {@code skip}-th after this call the first; counts calls from 0. */
    void arm(String function, FunctionTable.Failure error, long skip, long count) {
        try {
            int performed = error.isPerformed() ? 1 : 0;
            arm.invokeExact(functions.indexOf(function), error.number(), performed, error.kinds(), skip, count);
        } catch (Throwable thrown) {
            throw new LinkageError("faults_arm", thrown);
        }
    }

    void disarm() {
        callVoid(disarm);
    }

    /** How many calls have failed since it was armed. */
    long hits() {
        try {
            return (long) hits.invokeExact();
        } catch (Throwable thrown) {
            throw new LinkageError("faults_hits", thrown);
        }
    }

    /** How often a function was called since the counts began. */
    long calls(String function) {
        try {
            return (long) calls.invokeExact(functions.indexOf(function));
        } catch (Throwable thrown) {
            throw new LinkageError("faults_calls", thrown);
        }
    }

    private static void callVoid(MethodHandle function) {
        try {
            function.invokeExact();
        } catch (Throwable thrown) {
            throw new LinkageError("the library of faults", thrown);
        }
    }
}
