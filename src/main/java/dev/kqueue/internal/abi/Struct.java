package dev.kqueue.internal.abi;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The layout of one C structure on one system. */
public final class Struct {
    private final String name;
    private final int size;
    private final int alignment;
    private final Map<String, Field> fields;

    Struct(String name, int size, int alignment, Map<String, Field> fields) {
        this.name = name;
        this.size = size;
        this.alignment = alignment;
        this.fields = Collections.unmodifiableMap(fields);
    }

    /** The C name, without {@code struct}. */
    public String name() {
        return name;
    }

    /** {@code sizeof}, in bytes: also the distance of two elements of an array. */
    public int size() {
        return size;
    }

    /** {@code _Alignof}, in bytes. macOS packs some structures to 4 although they hold 8-byte fields. */
    public int alignment() {
        return alignment;
    }

    /**
     * A field that the caller cannot do without.
     *
     * @throws UnsupportedOperationException if this system's structure has no such field
     */
    public Field field(String field) {
        Field found = fields.get(field);
        if (found == null) {
            throw new UnsupportedOperationException("struct " + name + " has no field " + field);
        }
        return found;
    }

    /** A field, or empty where this system's structure has none of that name ({@code sin_len} on Linux, for one). */
    public Optional<Field> find(String field) {
        return Optional.ofNullable(fields.get(field));
    }

    /** The names of all fields. */
    public Set<String> fields() {
        return fields.keySet();
    }
}
