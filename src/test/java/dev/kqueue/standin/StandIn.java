package dev.kqueue.standin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.abi.CHeader;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Builds the stand-in kernels: C libraries for Linux that speak a BSD's ABI. The sources are in {@code
 * src/test/c/standin}; the numbers come out of the tables in the test resources.
 */
final class StandIn {
    private StandIn() {}

    private static final Path SOURCES = Path.of("src/test/c/standin");

    /** Stays there after the tests, for whoever wants to run a program on it. */
    private static final Path BUILT = Path.of("target/standin");

    /** Why there can be none here, in one sentence. */
    static Optional<String> obstacle() {
        String system = System.getProperty("os.name");
        String architecture = System.getProperty("os.arch");
        if (!system.equals("Linux") || !architecture.equals("amd64")) {
            return Optional.of(
                    "the stand-in kernels are for Linux on x86-64, and this is " + system + " on " + architecture);
        }
        if (!isOnPath("gcc")) {
            return Optional.of("there is no gcc: the stand-in kernels cannot be built, so no BSD's ABI is run here");
        }
        return Optional.empty();
    }

    private static boolean isOnPath(String program) {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getenv("PATH"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /**
     * The library of one ABI.
     *
     * @param abi as {@code -Dkqueue.abi} takes it
     * @param options more for the compiler: {@code -DSTANDIN_OLD}
     */
    static Path library(String abi, String... options) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(BUILT.resolve(abi + String.join("", options)));
        Files.writeString(folder.resolve("abi.h"), CHeader.of(abi));
        // Under a name of its own first: whoever runs on an older one keeps that.
        Path library = folder.resolve("libstandin.so");
        Path building = folder.resolve("libstandin.so." + ProcessHandle.current().pid());
        List<String> command = new ArrayList<>();
        command.addAll(List.of("gcc", "-std=gnu17", "-O1", "-g", "-fPIC", "-shared", "-fvisibility=hidden"));
        command.addAll(List.of("-Wall", "-Wextra", "-Werror", "-I" + folder, "-o", building.toString()));
        command.add("-DSTANDIN_" + abi.toUpperCase(Locale.ROOT));
        command.addAll(List.of(options));
        try (Stream<Path> sources = Files.list(SOURCES)) {
            sources.map(Path::toString).filter(name -> name.endsWith(".c")).sorted().forEach(command::add);
        }
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = String.join("\n", compiler.inputReader().readAllLines());
        assertThat(compiler.waitFor()).as("%s%n%s", String.join(" ", command), said).isZero();
        Files.move(building, library, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        return library.toAbsolutePath();
    }
}
