package dev.kqueue.internal.abi;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Finds out which ABI this process speaks. The only reader of {@code os.name}. */
final class Host {
    private Host() {}

    static Abi detect() {
        String chosen = System.getProperty("kqueue.abi");
        String system = chosen != null ? chosen : System.getProperty("os.name");
        return of(system, architecture(System.getProperty("os.arch")), cLibrary());
    }

    static Abi of(String system, String architecture, String cLibrary) {
        Variant variant = new Variant(architecture, cLibrary);
        return switch (system) {
            case "Linux", "linux" ->
                    build(
                            "Linux",
                            variant,
                            LinuxKqueue.KQUEUE,
                            Linux.CONSTANTS,
                            LinuxKqueue.STRUCTS + Linux.STRUCTS,
                            Map.of());
            case "Mac OS X", "macos" ->
                    build("macOS", variant, MacOs.KQUEUE, MacOs.CONSTANTS, MacOs.STRUCTS, MacOs.symbols(architecture));
            case "FreeBSD", "freebsd" ->
                    build("FreeBSD", variant, FreeBsd.KQUEUE, FreeBsd.CONSTANTS, FreeBsd.STRUCTS, Map.of());
            case "NetBSD", "netbsd" ->
                    build("NetBSD", variant, NetBsd.KQUEUE, NetBsd.CONSTANTS, NetBsd.STRUCTS, NetBsd.symbols());
            case "OpenBSD", "openbsd" ->
                    build("OpenBSD", variant, OpenBsd.KQUEUE, OpenBsd.CONSTANTS, OpenBsd.STRUCTS, Map.of());
            case "DragonFly", "DragonFlyBSD", "dragonfly" ->
                    build("DragonFly BSD", variant, DragonFly.KQUEUE, DragonFly.CONSTANTS, DragonFly.STRUCTS, Map.of());
            default ->
                    throw new UnsupportedOperationException(
                            "kqueue-nio does not run on "
                                    + system
                                    + ": it needs macOS, FreeBSD, NetBSD, OpenBSD, DragonFly BSD or Linux, 64-bit."
                                    + " Take kqueue-nio off the class path to use the JDK's own selectors");
        };
    }

    private static Abi build(
            String name,
            Variant variant,
            String kqueue,
            String constants,
            String structs,
            Map<String, String> symbols) {
        Map<String, Integer> all = new HashMap<>(Tables.constants(constants, variant));
        all.putAll(Tables.constants(kqueue, variant));
        return new Abi(name, all, Tables.structs(structs, variant), symbols);
    }

    static String architecture(String osArch) {
        return switch (osArch) {
            case "amd64", "x86_64" -> "x86-64";
            case "aarch64", "arm64" -> "aarch64";
            default ->
                    throw new UnsupportedOperationException(
                            "kqueue-nio does not run on the architecture "
                                    + osArch
                                    + ": it needs x86-64 or aarch64, 64-bit");
        };
    }

    /** musl keeps its dynamic linker at a well-known place; the C libraries differ in a few limits only. */
    private static String cLibrary() {
        return Files.exists(Path.of("/lib/ld-musl-x86_64.so.1")) || Files.exists(Path.of("/lib/ld-musl-aarch64.so.1"))
                ? "musl"
                : "glibc";
    }
}
