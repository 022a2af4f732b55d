package dev.kqueue.internal.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Of each structure of each system: a field that is written comes back, and nothing beside it changes. */
final class LayoutTest {
    private static final byte BACKGROUND = 0x5a;

    static Stream<Systems> systems() {
        return Systems.all();
    }

    private static boolean isScalar(Field field) {
        return List.of(1, 2, 4, 8).contains(field.size());
    }

    @ParameterizedTest
    @MethodSource("systems")
    void writingAFieldChangesItsBytesAndNoOthers(Systems system) {
        for (String name : system.abi().structs()) {
            Struct struct = system.abi().struct(name);
            for (String fieldName : struct.fields()) {
                Field field = struct.field(fieldName);
                if (!isScalar(field)) {
                    continue;
                }
                // The second of three elements of an array: a field that reached beyond the structure would show.
                byte[] bytes = new byte[struct.size() * 3];
                Arrays.fill(bytes, BACKGROUND);
                byte[] expected = bytes.clone();
                Arrays.fill(
                        expected,
                        struct.size() + field.offset(),
                        struct.size() + field.offset() + field.size(),
                        (byte) 0xff);
                MemorySegment memory = MemorySegment.ofArray(bytes);
                field.set(memory, struct.size(), -1);
                assertThat(bytes).as("%s.%s of %s", name, fieldName, system).isEqualTo(expected);
                assertThat(field.get(memory, struct.size())).isEqualTo(-1);
                long mask = field.size() == 8 ? -1 : (1L << (field.size() * 8)) - 1;
                assertThat(field.getUnsigned(memory, struct.size())).isEqualTo(mask);
                field.set(memory, struct.size(), 0x0102_0304_0506_0708L);
                assertThat(field.getUnsigned(memory, struct.size())).isEqualTo(0x0102_0304_0506_0708L & mask);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("systems")
    void fieldsLieInsideAndApart(Systems system) {
        for (String name : system.abi().structs()) {
            Struct struct = system.abi().struct(name);
            assertThat(struct.size()).as("sizeof %s of %s", name, system).isPositive();
            assertThat(struct.size() % struct.alignment()).as("alignment of %s of %s", name, system).isZero();
            List<Field> fields =
                    struct.fields().stream().map(struct::field).sorted(Comparator.comparingInt(Field::offset)).toList();
            int end = 0;
            for (Field field : fields) {
                assertThat(field.offset()).as("%s of %s in %s", field, name, system).isGreaterThanOrEqualTo(end);
                end = field.offset() + field.size();
            }
            assertThat(end).as("end of the last field of %s of %s", name, system).isLessThanOrEqualTo(struct.size());
        }
    }
}
