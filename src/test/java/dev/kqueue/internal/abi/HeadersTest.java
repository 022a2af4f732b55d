package dev.kqueue.internal.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables agree with the headers of the system that this runs on, and of others whose compiler is at hand. */
final class HeadersTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"cc", "gcc", "clang"})
    void ownHeadersAgree(String compiler) throws IOException, InterruptedException {
        assumeTrue(isOnPath(compiler), "there is no C compiler named " + compiler);
        Report report = compile(List.of(compiler), Abi.HOST);
        assertThat(report.failed).as("assertions that failed").isEmpty();
        if (OS.LINUX.isCurrentOs()) {
            // Our own kqueue's, and what is newer than some distributions' headers.
            report.absent.removeIf(name -> name.matches("(EVFILT|EV|NOTE)_.*"));
            assertThat(report.absent).isSubsetOf("SYS_epoll_pwait2", "SO_INCOMING_NAPI_ID", "IPV6_MULTICAST_ALL");
        }
    }

    @ParameterizedTest
    @CsvSource({"musl-gcc, linux, x86-64, musl", "aarch64-linux-gnu-gcc, linux, aarch64, glibc"})
    @EnabledOnOs(OS.LINUX)
    void othersHeadersAgree(String compiler, String name, String architecture, String cLibrary)
            throws IOException, InterruptedException {
        assumeTrue(isOnPath(compiler), "there is no C compiler named " + compiler);
        Report report = compile(List.of(compiler), Abi.of(name, architecture, cLibrary));
        assertThat(report.failed).as("assertions that failed").isEmpty();
    }

    /** zig comes with the headers of other systems: the newer it is, of the more. */
    @ParameterizedTest
    @CsvSource({
        "x86_64-macos, macos, x86-64, ''",
        "aarch64-macos, macos, aarch64, ''",
        "x86_64-freebsd, freebsd, x86-64, ''",
        "aarch64-freebsd, freebsd, aarch64, ''",
        "x86_64-netbsd, netbsd, x86-64, ''",
        "x86_64-openbsd, openbsd, x86-64, ''",
        "x86_64-linux-gnu, linux, x86-64, glibc",
        "x86_64-linux-musl, linux, x86-64, musl",
        "aarch64-linux-gnu, linux, aarch64, glibc",
        "aarch64-linux-musl, linux, aarch64, musl"
    })
    void headersThatZigHasAgree(String target, String name, String architecture, String cLibrary)
            throws IOException, InterruptedException {
        assumeTrue(isOnPath("zig"), "there is no compiler named zig");
        Report report = compile(List.of("zig", "cc", "-target", target), Abi.of(name, architecture, cLibrary));
        assumeTrue(
                report.failed.stream().noneMatch(line -> line.matches(".*(file not found|unable to provide libc).*")),
                "this zig has no headers of " + target);
        assertThat(report.failed).as("assertions that failed").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cc", "clang"})
    @EnabledOnOs(OS.LINUX)
    void wrongNumberIsNoticed(String compiler) throws IOException, InterruptedException {
        assumeTrue(isOnPath(compiler), "there is no C compiler named " + compiler);
        Report report = compile(List.of(compiler), Abi.of("freebsd", "x86-64", ""));
        assertThat(report.failed)
                .anyMatch(line -> line.matches(".*\\bEAGAIN\\b.*"))
                .anyMatch(line -> line.contains("offset of struct sockaddr.sa_family"));
        assertThat(report.absent).contains("EVFILT_READ", "EV_ADD", "SO_NOSIGPIPE");
    }

    /** The assertions that failed, and the names that the headers do not define. */
    private record Report(List<String> failed, Set<String> absent) {}

    private Report compile(List<String> compiler, Abi abi) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("assertions.h"), HeaderAssertions.of(abi));
        List<String> command = new ArrayList<>(compiler);
        // Not -std=c11: a strict compiler is shown less by the headers of some systems.
        command.addAll(List.of("-std=gnu11", "-I" + folder, "-c", "-o", folder + "/probe.o", "src/test/c/probe.c"));
        if (isClang(compiler)) {
            command.add("-ferror-limit=0");
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = process.inputReader().readAllLines();
        List<String> failed = lines.stream().filter(line -> line.contains("error:")).toList();
        assertThat(process.waitFor() == 0).as(String.join("\n", lines)).isEqualTo(failed.isEmpty());
        Pattern warning = Pattern.compile("warning: .*absent (\\w+)");
        Set<String> absent = new TreeSet<>();
        for (String line : lines) {
            Matcher matcher = warning.matcher(line);
            if (matcher.find()) {
                absent.add(matcher.group(1));
            }
        }
        return new Report(failed, absent);
    }

    private static boolean isClang(List<String> compiler) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(compiler);
        command.add("--version");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String version = String.join(" ", process.inputReader().readAllLines());
        assertThat(process.waitFor()).as(version).isZero();
        return version.contains("clang");
    }

    private static boolean isOnPath(String program) {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getenv("PATH"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
