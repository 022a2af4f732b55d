package dev.kqueue.internal.abi;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One system's C ABI, as immutable data: what its headers call each constant, where each structure keeps its fields,
 * and under which name its C library exports each function.
 *
 * <p>Absent is out of band. No number can stand for "this system has no such constant": 0 is {@code EVFILT_READ} on
 * NetBSD, -1 is {@code EVFILT_READ} elsewhere, and {@code 0x80000000} is {@code NOTE_EXIT}. Code that needs a constant
 * calls {@link #constant}; code that has an alternative calls {@link #find}.
 *
 * <p>Reached through {@link #HOST}, a {@code static final}; code copies what it needs into {@code static final} fields
 * of its own, so that the JIT sees plain numbers.
 */
public final class Abi {
    /** The names that {@link #of} and {@code -Dkqueue.abi} take. */
    public static final List<String> NAMES =
            List.of("macos", "freebsd", "netbsd", "openbsd", "dragonfly", "linux", "libkqueue");

    /**
     * The ABI that this process speaks: the host's own, or what {@code -Dkqueue.abi} names. On a system that we do not
     * know it is empty, and says so whenever something is asked of it: no class fails to load because of it, so that
     * {@link #check} can tell the user in one sentence.
     */
    public static final Abi HOST = Host.detect(new SystemProperties());

    /** A class, since the first lambda of a process costs it several milliseconds. */
    private static final class SystemProperties implements UnaryOperator<String> {
        @Override
        public String apply(String name) {
            return System.getProperty(name);
        }
    }

    private final String system;
    private final Variant variant;

    /** The values as the tables have them: most of them are never asked for. */
    private final Map<String, String> constants;

    /** The lines of the tables, for {@link Tables#struct}. */
    private final Map<String, String> structs;

    private final Map<String, String> symbols;
    private final Set<Quirk> quirks;
    private final boolean foreign;
    private final String unsupported;

    Abi(
            String system,
            Variant variant,
            Map<String, String> constants,
            Map<String, String> structs,
            Map<String, String> symbols,
            Set<Quirk> quirks,
            boolean foreign) {
        this.system = system;
        this.variant = variant;
        this.constants = Collections.unmodifiableMap(constants);
        this.structs = Collections.unmodifiableMap(structs);
        this.symbols = Collections.unmodifiableMap(symbols);
        this.quirks = Set.copyOf(quirks);
        this.foreign = foreign;
        this.unsupported = null;
    }

    /** The ABI of a system that we do not run on. */
    Abi(String system, String unsupported) {
        this.system = system;
        this.variant = new Variant("", "");
        this.constants = Map.of();
        this.structs = Map.of();
        this.symbols = Map.of();
        this.quirks = Set.of();
        this.foreign = false;
        this.unsupported = unsupported;
    }

    /**
     * The ABI of any system that we know, for tests and reports.
     *
     * @param name one of {@link #NAMES}
     * @param osArch an {@code os.arch}: {@code amd64} or {@code aarch64}, or another name of these
     * @param cLibrary {@code glibc} or {@code musl}; of no meaning but for Linux
     * @throws UnsupportedOperationException if it is none of these, in one sentence
     */
    public static Abi of(String name, String osArch, String cLibrary) {
        return Host.of(name, osArch, cLibrary);
    }

    /** The machine, for people: the system, its release and the architecture, as the JVM calls them. */
    public static String machine() {
        return Host.machine(new SystemProperties());
    }

    Abi foreign() {
        return new Abi(system, variant, constants, structs, symbols, quirks, true);
    }

    /**
     * Must pass before anything else is asked of {@link #HOST}.
     *
     * @throws UnsupportedOperationException if this process runs on a system that we do not know, in one sentence
     */
    public static void check() {
        HOST.known();
    }

    private void known() {
        if (unsupported != null) {
            throw new UnsupportedOperationException(unsupported);
        }
    }

    /** The system's name as its makers write it: {@code macOS}, {@code FreeBSD}, {@code Linux}. */
    public String system() {
        return system;
    }

    /** {@code x86-64} or {@code aarch64}; with {@code , glibc} or {@code , musl} on Linux. */
    public String variant() {
        return variant.toString();
    }

    /** Whether the system defines the constant. */
    public boolean isDefined(String name) {
        return constants.containsKey(name);
    }

    /**
     * The value of a constant that the caller cannot do without.
     *
     * @throws UnsupportedOperationException if the system does not define it; the message names both
     */
    public int constant(String name) {
        String value = constants.get(name);
        if (value == null) {
            known();
            throw new UnsupportedOperationException(name + " is not defined on " + system);
        }
        return Tables.number(value);
    }

    /** The value of a constant, or empty where the system does not define it. */
    public OptionalInt find(String name) {
        String value = constants.get(name);
        return value == null ? OptionalInt.empty() : OptionalInt.of(Tables.number(value));
    }

    /** The names of all constants. */
    public Set<String> constants() {
        return constants.keySet();
    }

    /**
     * The layout of a C structure, under its C name.
     *
     * @throws UnsupportedOperationException if the system has no such structure; the message names both
     */
    public Struct struct(String name) {
        String line = structs.get(name);
        if (line == null) {
            known();
            throw new UnsupportedOperationException("struct " + name + " does not exist on " + system);
        }
        return Tables.struct(line, variant);
    }

    /** The layout of a C structure, or empty where the system has none of that name. */
    public Optional<Struct> findStruct(String name) {
        return structs.containsKey(name) ? Optional.of(struct(name)) : Optional.empty();
    }

    /** The names of all structures, and of the scalar types that {@link #sizeof} knows. */
    public Set<String> structs() {
        return structs.keySet();
    }

    /**
     * {@code sizeof} of a structure or a scalar type, in bytes: {@code nfds_t}, {@code sigset_t}. The type of
     * kevent(2)'s nchanges and nevents has no name in C: it is {@code kevent_count} here.
     *
     * @throws UnsupportedOperationException if the system has no such type; the message names both
     */
    public int sizeof(String type) {
        return struct(type).size();
    }

    /**
     * The symbol under which the C library exports a function, if it does. It is the function's own name but for NetBSD
     * and macOS on x86-64, where the plain name is kept for programs of an older ABI and a look-up of it would succeed
     * and be wrong. It is empty if a function of that name is not to be taken even if it is found. Whether the symbol
     * exists is the C library's to say: releases of a system differ.
     */
    public Optional<String> symbol(String function) {
        String symbol = symbols.getOrDefault(function, function);
        return symbol.equals(Tables.ABSENT) ? Optional.empty() : Optional.of(symbol);
    }

    /** The functions that have another symbol than their own name, or none. */
    Set<String> renamed() {
        return symbols.keySet();
    }

    /**
     * Whether this is another ABI than that of the process's own C library, so that no function of the latter may be
     * called: only those of the library that {@code -Dkqueue.library} names speak it.
     */
    public boolean isForeign() {
        return foreign;
    }

    /** Whether the system's kqueue is known to behave in that way, where it cannot be asked of it. */
    public boolean has(Quirk quirk) {
        return quirks.contains(quirk);
    }

    /** What the system's kqueue and sockets do otherwise, and cannot be asked about. */
    public Set<Quirk> quirks() {
        return quirks;
    }

    @Override
    public String toString() {
        return "Abi[" + system + ", " + variant + "]";
    }
}
