package dev.kqueue.internal.abi;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What {@code src/test/c/probe.c} asserts of the headers of a system: all constants, sizes and offsets of one ABI. */
final class HeaderAssertions {
    /** Function pointers and numbers known at run time only: no constant expressions. */
    private static final Set<String> NOT_CONSTANT = Set.of("SIG_DFL", "SIG_IGN", "SIG_ERR", "SIGRTMIN", "SIGRTMAX");

    /** Of each release another: the table says not to use it. */
    private static final String GROWING = "EVFILT_SYSCOUNT";

    /** Enumerators that no macro stands for, so that the preprocessor cannot see whether they are there. */
    private static final Set<String> ENUMERATORS = Set.of("P_ALL", "P_PID", "P_PGID");

    /** Another one, newer than some releases of glibc that this runs on. */
    private static final String NEW_ENUMERATOR = "P_PIDFD";

    /** No structures of any header, or of a private or a newer one. */
    private static final Set<String> NOT_IN_HEADERS = Set.of("kevent_count", "kevent_netbsd11", "kevent_qos_s", "CMSG");

    private HeaderAssertions() {}

    /** Prints those of a system for a compiler elsewhere: its name, its architecture, and its C library or nothing. */
    public static void main(String[] arguments) {
        System.out.print(of(Abi.of(arguments[0], arguments[1], arguments.length > 2 ? arguments[2] : "")));
    }

    /** The text of {@code assertions.h}. */
    static String of(Abi abi) {
        StringBuilder c = new StringBuilder();
        for (String name : new TreeSet<>(abi.constants())) {
            if (NOT_CONSTANT.contains(name) || name.equals(GROWING)) {
                continue;
            }
            String assertion = "CONSTANT(" + name + ", " + Integer.toUnsignedString(abi.constant(name)) + "u);\n";
            if (name.equals(NEW_ENUMERATOR)) {
                c.append(
                        "#if !defined(__GLIBC__) || __GLIBC__ > 2 || __GLIBC_MINOR__ >= 36\n" + assertion + "#endif\n");
            } else {
                c.append(ENUMERATORS.contains(name) ? assertion : ifDefined(name, assertion));
            }
        }
        for (String name : new TreeSet<>(abi.structs())) {
            boolean ownKqueue = name.equals("kevent") && abi.symbol("kevent").isEmpty();
            if (NOT_IN_HEADERS.contains(name) || ownKqueue) {
                continue;
            }
            String type = name.endsWith("_t") ? name : name.equals("siginfo") ? "siginfo_t" : "struct " + name;
            if (name.equals("kevent") && abi.findStruct("kevent_netbsd11").isPresent()) {
                // The same name; the shorter structure is that of the symbol which is taken on every release.
                c.append("#if __NetBSD_Version__ >= 1100000000\n");
                layout(c, type, abi.struct("kevent_netbsd11"));
                c.append("#else\n");
                layout(c, type, abi.struct(name));
                c.append("#endif\n");
            } else {
                layout(c, type, abi.struct(name));
            }
        }
        Struct header = abi.struct("CMSG");
        for (int payload : List.of(1, 4, 8, 12)) {
            int padded = (payload + header.alignment() - 1) / header.alignment() * header.alignment();
            c.append("CONTROL(%d, %d, %d);%n".formatted(payload, header.size() + payload, header.size() + padded));
        }
        return c.toString();
    }

    private static void layout(StringBuilder c, String type, Struct struct) {
        c.append("SIZE(").append(type).append(", ").append(struct.size()).append(");\n");
        if (!struct.fields().isEmpty()) {
            c.append("ALIGNMENT(").append(type).append(", ").append(struct.alignment()).append(");\n");
        }
        for (String fieldName : struct.fields()) {
            Field field = struct.field(fieldName);
            String place = type + ", " + fieldName + ", ";
            c.append("OFFSET(").append(place).append(field.offset()).append(");\n");
            if (field.size() > 0) {
                c.append("WIDTH(").append(place).append(field.size()).append(");\n");
            }
        }
    }

    private static String ifDefined(String name, String assertion) {
        return "#ifdef " + name + "\n" + assertion + "#else\n#warning absent " + name + "\n#endif\n";
    }
}
