package dev.kqueue.internal.abi;

import java.util.HashMap;
import java.util.Map;

/**
 * Reads the tables in which each system's data is written. A value is either one number for the whole system or a list
 * of {@code variant:value}, the variant being an architecture ({@code x86-64}, {@code aarch64}) or a C library ({@code
 * glibc}, {@code musl}).
 */
final class Tables {
    private Tables() {}

    /** {@code NAME value} a line; what follows the value is remarks. */
    static Map<String, Integer> constants(String table, Variant variant) {
        Map<String, Integer> constants = new HashMap<>();
        for (String line : table.split("\n")) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split(" ");
            String value = words[1];
            for (int i = 1; i < words.length && words[i].indexOf(':') > 0; i++) {
                int colon = words[i].indexOf(':');
                if (variant.matches(words[i].substring(0, colon))) {
                    value = words[i].substring(colon + 1);
                }
            }
            if (value.indexOf(':') < 0) {
                constants.put(words[0], number(value));
            }
        }
        return constants;
    }

    /**
     * {@code name sizeof=n alignof=n field=offset:size ...} a line; variants of one cell are separated by {@code |}.
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
            structs.put(words[0], new Struct(words[0], size, alignment, fields));
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
