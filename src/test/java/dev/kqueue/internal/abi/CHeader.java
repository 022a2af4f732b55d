package dev.kqueue.internal.abi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prints the tables of the test resources as a C header for one BSD, with a prefix before every name, so that it can be
 * used beside the headers of the host. It knows the tables and nothing of how the code keeps its data.
 */
public final class CHeader {
    private CHeader() {}

    /** A field: where it begins, and how many bytes it has. */
    private record Place(String name, int offset, int size) {}

    /** The header of one system on x86-64. */
    public static String of(String name) {
        Systems system = new Systems(name, "x86-64", "");
        Systems linux = new Systems("linux", "x86-64", "glibc");
        StringBuilder header = new StringBuilder("#pragma once\n#include <stdint.h>\n\n");
        header.append("#define STANDIN \"").append(name).append("\"\n\n");
        constants(header, system);
        header.append('\n').append(list("BSD_ERRNOS", "errno", "E[A-Z0-9]+", system, linux));
        header.append(list("BSD_SIGNALS", "files and process", "SIG[A-Z0-9]+", system, linux));
        structs(header, system);
        macros(header, system);
        return header.toString();
    }

    /** What C has macros for, that are no constants: where the data of a control message begins. */
    private static void macros(StringBuilder header, Systems system) {
        for (TableRows.Row row : TableRows.layouts()) {
            String value = row.cell(system);
            if (row.key().getFirst().equals("CMSG") && value != null) {
                switch (row.key().get(1)) {
                    case "CMSG_DATA offset" -> header.append("#define BSD_CMSG_DATA ").append(value).append('\n');
                    case "align" -> header.append("#define BSD_CMSG_ALIGN ").append(value).append('\n');
                    default -> {}
                }
            }
        }
    }

    private static void constants(StringBuilder header, Systems system) {
        for (TableRows.Row row : TableRows.constants()) {
            String value = row.cell(system);
            if (value != null) {
                header.append("#define BSD_").append(row.key().getFirst()).append(" (").append(value).append(")\n");
            }
        }
    }

    /** {@code X(name)} for each name of a section that both systems have. */
    private static String list(String macro, String section, String names, Systems system, Systems linux) {
        StringBuilder list = new StringBuilder("#define " + macro + "(X)");
        for (TableRows.Row row : TableRows.constants()) {
            String name = row.key().getFirst();
            boolean wanted = row.section().equals(section) && name.matches(names);
            if (wanted && row.cell(system) != null && row.cell(linux) != null) {
                list.append(" \\\n    X(").append(name).append(')');
            }
        }
        return list.append("\n\n").toString();
    }

    private static void structs(StringBuilder header, Systems system) {
        Map<String, List<TableRows.Row>> structs = new LinkedHashMap<>();
        for (TableRows.Row row : TableRows.layouts()) {
            if (row.cell(system) != null && !row.key().getFirst().matches("scalar|CMSG")) {
                structs.computeIfAbsent(row.key().getFirst(), ignored -> new ArrayList<>()).add(row);
            }
        }
        structs.forEach((name, rows) -> struct(header, name, rows, system));
    }

    private static void struct(StringBuilder header, String name, List<TableRows.Row> rows, Systems system) {
        int size = 0;
        int alignment = 1;
        List<Place> places = new ArrayList<>();
        for (TableRows.Row row : rows) {
            String cell = row.cell(system);
            switch (row.key().get(1)) {
                case "sizeof" -> size = Integer.parseInt(cell);
                case "alignof" -> alignment = Integer.parseInt(cell);
                default -> {
                    String[] numbers = cell.split(":");
                    places.add(new Place(row.key().get(1), Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])));
                }
            }
        }
        places.sort(Comparator.comparingInt(Place::offset));
        header.append("struct __attribute__((packed, aligned(%d))) bsd_%s {%n".formatted(alignment, name));
        int end = 0;
        for (Place place : places) {
            end = pad(header, end, place.offset());
            header.append("    ").append(declaration(place)).append(";\n");
            end += place.size();
        }
        pad(header, end, size);
        header.append("};\n_Static_assert(sizeof(struct bsd_%s) == %d, \"%s\");%n".formatted(name, size, name));
        for (Place place : places) {
            header.append(
                    "_Static_assert(__builtin_offsetof(struct bsd_%s, %s) == %d, \"%s\");%n"
                            .formatted(name, place.name(), place.offset(), place.name()));
        }
        header.append('\n');
    }

    private static int pad(StringBuilder header, int end, int offset) {
        if (offset > end) {
            header.append("    char padding_%d[%d];%n".formatted(end, offset - end));
        }
        return offset;
    }

    private static String declaration(Place place) {
        return switch (place.size()) {
            case 1 -> "uint8_t " + place.name();
            case 2 -> "uint16_t " + place.name();
            case 4 -> "uint32_t " + place.name();
            case 8 -> "int64_t " + place.name();
            default -> "unsigned char " + place.name() + "[" + place.size() + "]";
        };
    }
}
