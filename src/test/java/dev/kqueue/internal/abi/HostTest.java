package dev.kqueue.internal.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

final class HostTest {
    private static Abi detect(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>(Map.of("os.name", "FreeBSD", "os.arch", "amd64"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Host.detect(properties::get);
    }

    private static String sentence(Abi abi) {
        return catchThrowable(() -> abi.constant("EAGAIN")).getMessage();
    }

    @ParameterizedTest
    @CsvSource({
        "Mac OS X, x86_64, 'Abi[macOS, x86-64]'",
        "Mac OS X, aarch64, 'Abi[macOS, aarch64]'",
        "FreeBSD, amd64, 'Abi[FreeBSD, x86-64]'",
        "FreeBSD, aarch64, 'Abi[FreeBSD, aarch64]'",
        "NetBSD, amd64, 'Abi[NetBSD, x86-64]'",
        "OpenBSD, amd64, 'Abi[OpenBSD, x86-64]'",
        "DragonFly, x86_64, 'Abi[DragonFly BSD, x86-64]'",
    })
    void systemIsToldByItsNameAndArchitecture(String osName, String osArch, String abi) {
        assertThat(detect("os.name", osName, "os.arch", osArch)).hasToString(abi);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void linuxIsToldByItsCLibraryToo() {
        boolean musl = Files.exists(Path.of("/etc/alpine-release"));
        assertThat(detect("os.name", "Linux").variant()).isEqualTo(musl ? "x86-64, musl" : "x86-64, glibc");
    }

    @Test
    void unknownSystemSaysWhichWork() {
        Abi windows = detect("os.name", "Windows 11");
        assertThat(sentence(windows))
                .isEqualTo(
                        "kqueue-nio does not run on Windows 11, only on macOS, FreeBSD, NetBSD, OpenBSD, DragonFly BSD"
                                + " and Linux: take its jar off the class path, and the JDK's own selectors are used");
        assertThatThrownBy(() -> windows.struct("kevent")).hasMessage(sentence(windows));
        assertThat(windows.find("EVFILT_READ")).isEqualTo(OptionalInt.empty());
    }

    @ParameterizedTest
    @CsvSource({"x86", "i386", "arm", "ppc64le"})
    void otherArchitectureSaysWhichWork(String osArch) {
        assertThat(sentence(detect("os.arch", osArch)))
                .startsWith("kqueue-nio does not run on the architecture " + osArch + ", only on x86-64 and aarch64:");
    }

    @ParameterizedTest
    @CsvSource({"NetBSD, NetBSD", "OpenBSD, OpenBSD", "DragonFly, DragonFly BSD"})
    void architectureThatNobodyHasLookedAtSaysWhichWorks(String osName, String system) {
        assertThat(sentence(detect("os.name", osName, "os.arch", "aarch64")))
                .startsWith("kqueue-nio does not know the C ABI of " + system + " on aarch64, only on x86-64: take");
    }

    @Test
    void machineIsTheSystemItsReleaseAndTheArchitecture() {
        Map<String, String> properties = Map.of("os.name", "NetBSD", "os.version", "10.1", "os.arch", "amd64");
        assertThat(Host.machine(properties::get)).isEqualTo("NetBSD 10.1 amd64");
    }

    @Test
    void unknownAbiNameSaysWhichThereAre() {
        assertThat(sentence(detect("kqueue.abi", "solaris", "kqueue.library", "/lib/libc.so")))
                .isEqualTo(
                        "kqueue-nio knows no ABI named solaris: -Dkqueue.abi is one of"
                                + " macos, freebsd, netbsd, openbsd, dragonfly, linux, libkqueue");
    }

    @Test
    void anotherAbiWantsALibraryThatSpeaksIt() {
        assertThat(sentence(detect("kqueue.abi", "netbsd")))
                .isEqualTo("-Dkqueue.abi=netbsd names the ABI of another library: give it with -Dkqueue.library");
    }

    @Test
    void anotherAbiWithALibraryIsForeign() {
        Abi abi = detect("kqueue.abi", "netbsd", "kqueue.library", "/lib/libbsd.so");
        assertThat(abi).hasToString("Abi[NetBSD, x86-64]");
        assertThat(abi.isForeign()).isTrue();
    }

    @Test
    void ownAbiIsNotForeign() {
        assertThat(detect("kqueue.abi", "freebsd").isForeign()).isFalse();
        assertThat(detect("kqueue.library", "/lib/libc.so").isForeign()).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void libkqueueStandsOnTheHostsCLibrary() {
        Abi abi = detect("os.name", "Linux", "kqueue.abi", "libkqueue", "kqueue.library", "/lib/libkqueue.so");
        assertThat(abi.isForeign()).isFalse();
        assertThat(abi.constant("NOTE_TRUNCATE")).isEqualTo(0x80);
        assertThat(abi.symbol("kevent")).contains("kevent");
        assertThat(abi.has(Quirk.CLOSE_LEAVES_KNOTES)).isTrue();
    }

    @Test
    void linuxTakesNoKqueueThatHappensToBeThere() {
        assertThat(Abi.of("linux", "amd64", "glibc").symbol("kqueue")).isEmpty();
    }

    @Test
    void symbolsOfOlderAbisAreNotUsed() {
        assertThat(Abi.of("netbsd", "amd64", "").symbol("kevent")).contains("__kevent50");
        assertThat(Abi.of("macos", "x86_64", "").symbol("fstat")).contains("fstat$INODE64");
        assertThat(Abi.of("macos", "aarch64", "").symbol("fstat")).contains("fstat");
        assertThat(Abi.of("freebsd", "amd64", "").symbol("kevent")).contains("kevent");
    }
}
