package dev.kqueue.internal.abi;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One system's C ABI, as immutable data: what its headers call each constant, where each structure keeps its fields,
 * and under which name its C library exports each function.
 *
 * <p>Absent is out of band. No number can stand for "this system has no such constant": 0 is {@code EVFILT_READ} on
 * NetBSD, -1 is {@code EVFILT_READ} elsewhere, and {@code 0x80000000} is {@code NOTE_EXIT}. Whoever needs a constant
 * asks with {@link #constant}; whoever can do without asks with {@link #find}.
 *
 * <p>Reached through {@link #HOST}, a {@code static final}; code copies what it needs into {@code static final} fields
 * of its own, so that the JIT sees plain numbers.
 */
public final class Abi {
    /** The ABI that this process speaks: the host's own, or what {@code -Dkqueue.abi} names. */
    public static final Abi HOST = Host.detect();

    private final String system;
    private final Map<String, Integer> constants;
    private final Map<String, Struct> structs;
    private final Map<String, String> symbols;

    Abi(String system, Map<String, Integer> constants, Map<String, Struct> structs, Map<String, String> symbols) {
        this.system = system;
        this.constants = Map.copyOf(constants);
        this.structs = Map.copyOf(structs);
        this.symbols = Map.copyOf(symbols);
    }

    /** The system's name as its makers write it: {@code macOS}, {@code FreeBSD}, {@code Linux}. */
    public String system() {
        return system;
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
        Integer value = constants.get(name);
        if (value == null) {
            throw new UnsupportedOperationException(name + " is not defined on " + system);
        }
        return value;
    }

    /** The value of a constant, or empty where the system does not define it. */
    public OptionalInt find(String name) {
        Integer value = constants.get(name);
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
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
        return findStruct(name)
                .orElseThrow(
                        () -> new UnsupportedOperationException("struct " + name + " does not exist on " + system));
    }

    /** The layout of a C structure, or empty where the system has none of that name. */
    public Optional<Struct> findStruct(String name) {
        return Optional.ofNullable(structs.get(name));
    }

    /** The names of all structures. */
    public Set<String> structs() {
        return structs.keySet();
    }

    /**
     * The symbol under which the C library exports a function. It is the function's own name but for NetBSD and macOS
     * on x86-64, where the plain name is kept for programs of an older ABI and a look-up of it would succeed and be
     * wrong.
     */
    public String symbol(String function) {
        return symbols.getOrDefault(function, function);
    }

    @Override
    public String toString() {
        return "Abi[" + system + "]";
    }
}
