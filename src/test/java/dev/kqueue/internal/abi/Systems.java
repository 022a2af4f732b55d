package dev.kqueue.internal.abi;

import java.util.stream.Stream;

/** Every ABI that there is: of each system, on each architecture, with each C library. */
record Systems(String name, String architecture, String cLibrary) {
    static Stream<Systems> all() {
        return Stream.of(
                new Systems("macos", "x86-64", ""),
                new Systems("macos", "aarch64", ""),
                new Systems("freebsd", "x86-64", ""),
                new Systems("freebsd", "aarch64", ""),
                new Systems("netbsd", "x86-64", ""),
                new Systems("openbsd", "x86-64", ""),
                new Systems("dragonfly", "x86-64", ""),
                new Systems("linux", "x86-64", "glibc"),
                new Systems("linux", "x86-64", "musl"),
                new Systems("linux", "aarch64", "glibc"),
                new Systems("linux", "aarch64", "musl"),
                new Systems("libkqueue", "x86-64", "glibc"));
    }

    Abi abi() {
        return Abi.of(name, architecture, cLibrary);
    }

    boolean isLinux() {
        return name.equals("linux") || name.equals("libkqueue");
    }

    /** The heading of the system's column in the tables: libkqueue is an addition to Linux. */
    String column() {
        return isLinux() ? "linux" : name;
    }

    String golden() {
        return "/abi/golden/" + name + "-" + architecture + (cLibrary.isEmpty() ? "" : "-" + cLibrary) + ".txt";
    }

    @Override
    public String toString() {
        return name + " " + architecture + " " + cLibrary;
    }
}
