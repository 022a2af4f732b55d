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

    /**
     * {@code name value} a line: what is the same in all is found by the name alone, numbers among them. Without
     * split(), lambdas and the like: this is done at the start of each program, in code that is not compiled yet.
     */
    static Map<String, String> values(String table, Variant variant) {
        Map<String, String> values = new HashMap<>(1024);
        int end;
        for (int start = 0; start < table.length(); start = end + 1) {
            end = end(table, '\n', start, table.length());
            if (start == end || table.charAt(start) == '#') {
                continue;
            }
            int space = table.indexOf(' ', start);
            String name = table.substring(start, space);
            String value = value(table, space + 1, end, variant);
            if (value != null && values.put(name, value) != null) {
                throw new AssertionError(name + " stands twice in the tables of one system");
            }
        }
        return values;
    }

    /** The words of a line from its value on: one for all variants, or one for each; null if none is for this one. */
    private static String value(String table, int start, int end, Variant variant) {
        String value = null;
        int to;
        for (int from = start; from < end; from = to + 1) {
            to = end(table, ' ', from, end);
            int colon = table.indexOf(':', from, to);
            if (colon < 0) {
                return from == start ? table.substring(from, to) : value;
            }
            if (variant.matches(table.substring(from, colon))) {
                value = table.substring(colon + 1, to);
            }
        }
        return value;
    }

    private static int end(String table, char delimiter, int from, int to) {
        int at = table.indexOf(delimiter, from, to);
        return at < 0 ? to : at;
    }

    /** The lines of structures by name, each for {@link #struct}. */
    static Map<String, String> structs(String table) {
        Map<String, String> lines = new HashMap<>(128);
        int end;
        for (int start = 0; start < table.length(); start = end + 1) {
            end = end(table, '\n', start, table.length());
            if (start == end || table.charAt(start) == '#') {
                continue;
            }
            String name = table.substring(start, table.indexOf(' ', start));
            if (lines.put(name, table.substring(start, end)) != null) {
                throw new AssertionError(name + " stands twice in the tables of one system");
            }
        }
        return lines;
    }

    /**
     * {@code name sizeof=n alignof=n field=offset:size ...}; variants of one cell are separated by {@code |}. A scalar
     * type has neither fields nor an alignment of its own.
     */
    static Struct struct(String line, Variant variant) {
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
                    fields.put(name, new Field(number(cell.substring(0, colon)), number(cell.substring(colon + 1))));
                }
            }
        }
        return new Struct(words[0], size, alignment == 0 ? size : alignment, fields);
    }

    private static String choose(String cell, Variant variant) {
        if (cell.indexOf('|') < 0 && cell.indexOf('=') < 0) {
            return cell;
        }
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
    static int number(String text) {
        long value = Long.decode(text);
        if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
            throw new AssertionError(text + " does not fit 32 bits");
        }
        return (int) value;
    }
}
