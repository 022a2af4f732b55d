package dev.kqueue.internal.abi;

import java.util.HashMap;
import java.util.Map;

/**
 * Reads the tables in which each system's data is written, a name and its value a line.
 *
 * <p>A value is either one for the whole system or a list of {@code variant:value}, the variant being an architecture
 * ({@code x86-64}, {@code aarch64}) or a C library ({@code glibc}, {@code musl}); if none matches, the variant has no
 * such name.
 *
 * <p>What follows the value is for people. A {@code ?} there marks a value that one source alone gives, among the
 * system's headers, golang/sys, rust-lang/libc and jnr-constants; all others agree in two sources at least.
 */
final class Tables {
    private Tables() {}

    /** As the value of a symbol: a function of that name is not to be taken. */
    static final String ABSENT = "-";

    /** {@code NAME value} a line. */
    static Map<String, Integer> constants(String table, Variant variant) {
        Map<String, Integer> constants = new HashMap<>();
        symbols(table, variant).forEach((name, value) -> constants.put(name, number(value)));
        return constants;
    }

    /** {@code function symbol} a line. */
    static Map<String, String> symbols(String table, Variant variant) {
        Map<String, String> symbols = new HashMap<>();
        for (String line : table.split("\n")) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split(" ");
            String value = words[1].indexOf(':') < 0 ? words[1] : null;
            for (int i = 1; i < words.length && words[i].indexOf(':') > 0; i++) {
                int colon = words[i].indexOf(':');
                if (variant.matches(words[i].substring(0, colon))) {
                    value = words[i].substring(colon + 1);
                }
            }
            if (value != null && symbols.put(words[0], value) != null) {
                throw new AssertionError(words[0] + " stands twice in the tables of one system");
            }
        }
        return symbols;
    }

    /**
     * {@code name sizeof=n alignof=n field=offset:size ...} a line; variants of one cell are separated by {@code |}. A
     * scalar type has neither fields nor an alignment of its own.
     */
    static Map<String, Struct> structs(String table, Variant variant) {
        Map<String, Struct> structs = new HashMap<>();
        for (String line : table.split("\n")) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split(" ");
            Map<String, Field> fields = new HashMap<>();
            int size = 0;
            int alignment = 0;
            for (int i = 1; i < words.length; i++) {
                int equals = words[i].indexOf('=');
                String name = words[i].substring(0, equals);
                String cell = choose(words[i].substring(equals + 1), variant);
                switch (name) {
                    case "sizeof" -> size = number(cell);
                    case "alignof" -> alignment = number(cell);
                    default -> {
                        int colon = cell.indexOf(':');
                        fields.put(
                                name, new Field(number(cell.substring(0, colon)), number(cell.substring(colon + 1))));
                    }
                }
            }
            Struct struct = new Struct(words[0], size, alignment == 0 ? size : alignment, fields);
            if (structs.put(words[0], struct) != null) {
                throw new AssertionError(words[0] + " stands twice in the tables of one system");
            }
        }
        return structs;
    }

    private static String choose(String cell, Variant variant) {
        String chosen = null;
        for (String alternative : cell.split("\\|")) {
            int equals = alternative.indexOf('=');
            if (equals < 0) {
                chosen = chosen == null ? alternative : chosen;
            } else if (variant.matches(alternative.substring(0, equals))) {
                chosen = alternative.substring(equals + 1);
            }
        }
        if (chosen == null) {
            throw new AssertionError("no alternative of " + cell + " is for " + variant);
        }
        return chosen;
    }

    /** 0x80000000 and above are unsigned 32-bit numbers in C, and are kept as the int of the same bits. */
    private static int number(String text) {
        long value = Long.decode(text);
        if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
            throw new AssertionError(text + " does not fit 32 bits");
        }
        return (int) value;
    }
}
