package dev.kqueue.internal.abi;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Finds out which ABI this process speaks. The only reader of {@code os.name}. */
final class Host {
    private Host() {}

    private static final String WITHOUT_US = "take its jar off the class path, and the JDK's own selectors are used";

    private static final Set<String> KNOWN_ON_AARCH64 = Set.of("macos", "freebsd", "linux");

    /** Never throws: what cannot be found out is an {@link Abi} that says why. */
    static Abi detect(UnaryOperator<String> properties) {
        String osName = properties.apply("os.name");
        String osArch = properties.apply("os.arch");
        String chosen = properties.apply("kqueue.abi");
        try {
            String system = system(osName);
            String cLibrary = system.equals("linux") ? cLibrary() : "";
            Abi host = of(system, osArch, cLibrary);
            requireKnown(host, system, osArch);
            if (chosen == null || chosen.equals(system)) {
                return host;
            }
            Abi abi = of(chosen, osArch, cLibrary);
            // Another system's structures in the hands of the host's C library would overwrite memory.
            if (properties.apply("kqueue.library") == null) {
                throw new UnsupportedOperationException(
                        "-Dkqueue.abi=" + chosen + " names the ABI of another library: give it with -Dkqueue.library");
            }
            boolean foreign = !(chosen.equals("libkqueue") && system.equals("linux"));
            return foreign ? abi.foreign() : abi;
        } catch (UnsupportedOperationException e) {
            return new Abi(osName, e.getMessage());
        }
    }

    /**
     * The headers of other architectures have not been checked: a structure with another layout would crash the JVM.
     */
    private static void requireKnown(Abi host, String system, String osArch) {
        if (architecture(osArch).equals("aarch64") && !KNOWN_ON_AARCH64.contains(system)) {
            throw new UnsupportedOperationException(
                    "kqueue-nio does not know the C ABI of "
                            + host.system()
                            + " on aarch64, only on x86-64: "
                            + WITHOUT_US);
        }
    }

    static String machine(UnaryOperator<String> properties) {
        return String.join(
                " ", properties.apply("os.name"), properties.apply("os.version"), properties.apply("os.arch"));
    }

    private static String system(String osName) {
        return switch (osName) {
            case "Linux" -> "linux";
            case "Mac OS X" -> "macos";
            case "FreeBSD" -> "freebsd";
            case "NetBSD" -> "netbsd";
            case "OpenBSD" -> "openbsd";
            case "DragonFly", "DragonFlyBSD" -> "dragonfly";
            default ->
                    throw new UnsupportedOperationException(
                            "kqueue-nio does not run on "
                                    + osName
                                    + ", only on macOS, FreeBSD, NetBSD, OpenBSD, DragonFly BSD and Linux: "
                                    + WITHOUT_US);
        };
    }

    static Abi of(String name, String osArch, String cLibrary) {
        String architecture = architecture(osArch);
        Variant linux = new Variant(architecture, cLibrary);
        Variant bsd = new Variant(architecture, "");
        return switch (name) {
            case "linux" ->
                    build(
                            "Linux",
                            linux,
                            LinuxKqueue.KQUEUE + Linux.CONSTANTS + LinuxEvents.CONSTANTS,
                            LinuxKqueue.STRUCTS + Linux.STRUCTS,
                            Linux.SYMBOLS,
                            Set.of());
            case "libkqueue" ->
                    build(
                            "libkqueue",
                            linux,
                            LibKqueue.KQUEUE + Linux.CONSTANTS + LinuxEvents.CONSTANTS,
                            LibKqueue.STRUCTS + Linux.STRUCTS,
                            "",
                            Set.of(Quirk.CLOSE_LEAVES_KNOTES, Quirk.TAKES_SOCKET_ERRORS, Quirk.CANNOT_BE_NESTED));
            case "macos" ->
                    bsd(
                            "macOS",
                            bsd,
                            MacOs.KQUEUE + MacOs.CONSTANTS,
                            MacOs.STRUCTS,
                            MacOs.SYMBOLS,
                            Quirk.REPLACING_DRAINS);
            case "freebsd" -> bsd("FreeBSD", bsd, FreeBsd.KQUEUE + FreeBsd.CONSTANTS, FreeBsd.STRUCTS, "");
            case "netbsd" ->
                    bsd(
                            "NetBSD",
                            bsd,
                            NetBsd.KQUEUE + NetBsd.CONSTANTS,
                            NetBsd.STRUCTS,
                            NetBsd.SYMBOLS,
                            Quirk.REPLACING_DRAINS,
                            Quirk.FULL_PIPE_MISSES_READER,
                            Quirk.RESET_FORGETS_ADDRESSES);
            case "openbsd" ->
                    bsd(
                            "OpenBSD",
                            bsd,
                            OpenBsd.KQUEUE + OpenBsd.CONSTANTS,
                            OpenBsd.STRUCTS,
                            "",
                            Quirk.RESET_FORGETS_ADDRESSES);
            case "dragonfly" ->
                    bsd(
                            "DragonFly BSD",
                            bsd,
                            DragonFly.KQUEUE + DragonFly.CONSTANTS,
                            DragonFly.STRUCTS,
                            "",
                            Quirk.RESET_FORGETS_ADDRESSES);
            default ->
                    throw new UnsupportedOperationException(
                            "kqueue-nio knows no ABI named "
                                    + name
                                    + ": -Dkqueue.abi is one of "
                                    + String.join(", ", Abi.NAMES));
        };
    }

    private static Abi bsd(
            String name, Variant variant, String constants, String structs, String symbols, Quirk... quirks) {
        return build(
                name, variant, Bsd.KQUEUE + Bsd.CONSTANTS + constants, Bsd.STRUCTS + structs, symbols, Set.of(quirks));
    }

    private static Abi build(
            String name, Variant variant, String constants, String structs, String symbols, Set<Quirk> quirks) {
        return new Abi(
                name,
                variant,
                Tables.values(constants, variant),
                Tables.structs(structs),
                Tables.values(symbols, variant),
                quirks,
                false);
    }

    private static String architecture(String osArch) {
        return switch (osArch) {
            case "amd64", "x86_64", "x86-64" -> "x86-64";
            case "aarch64", "arm64" -> "aarch64";
            default ->
                    throw new UnsupportedOperationException(
                            "kqueue-nio does not run on the architecture "
                                    + osArch
                                    + ", only on x86-64 and aarch64: "
                                    + WITHOUT_US);
        };
    }

    /**
     * Which C library this process runs on. A system with glibc may have musl's dynamic linker installed as well, so
     * its presence proves nothing: it must be what this very process has mapped.
     */
    private static String cLibrary() {
        // A stream and not Files: that brings file systems and channels along, at the start of each program.
        try (FileInputStream maps = new FileInputStream("/proc/self/maps")) {
            return new String(maps.readAllBytes(), StandardCharsets.ISO_8859_1).contains("/ld-musl-")
                    ? "musl"
                    : "glibc";
        } catch (IOException e) {
            throw new UnsupportedOperationException("kqueue-nio cannot tell glibc from musl: " + e, e);
        }
    }
}
