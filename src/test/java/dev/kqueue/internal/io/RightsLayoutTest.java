package dev.kqueue.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class RightsLayoutTest {
    private static RightsLayout layout(String system) {
        return RightsLayout.of(Abi.of(system, "amd64", "glibc"));
    }

    private static MemorySegment memory(int bytes) {
        return Arena.ofAuto().allocate(bytes, Long.BYTES);
    }

    @ParameterizedTest
    @CsvSource({
        "linux, 24, 24",
        "macos, 16, 20",
        "freebsd, 24, 24",
        "netbsd, 24, 24",
        "openbsd, 24, 24",
        "dragonfly, 24, 24"
    })
    void spaceIsWhatTheMacroSays(String system, int ofOne, int ofTwo) {
        assertThat(layout(system).space(1)).isEqualTo(ofOne);
        assertThat(layout(system).space(2)).isEqualTo(ofTwo);
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux", "macos", "freebsd", "netbsd", "openbsd", "dragonfly"})
    void descriptorsComeBackOnEverySystem(String system) {
        RightsLayout layout = layout(system);
        for (int[] descriptors : new int[][] {{7}, {7, 8}, {1, 2, 3}}) {
            MemorySegment control = memory(layout.space(descriptors.length));
            layout.write(descriptors, control);
            assertThat(layout.read(control, control.byteSize()))
                    .hasSize(descriptors.length)
                    .startsWith(descriptors[0])
                    .endsWith(descriptors[descriptors.length - 1]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux", "macos", "freebsd", "netbsd", "openbsd", "dragonfly"})
    void severalHeadersAreReadAndForeignOnesLeftOut(String system) {
        RightsLayout layout = layout(system);
        int first = layout.space(1);
        int second = layout.space(2);
        MemorySegment control = memory(first + second + first);
        layout.write(new int[] {7}, control);
        layout.write(new int[] {8, 9}, control.asSlice(first, second));
        layout.type().set(control, first, 0x55);
        layout.write(new int[] {10}, control.asSlice(first + second));
        assertThat(layout.read(control, control.byteSize())).containsExactly(7, 10);
    }

    @Test
    void ofAMessageThatWasCutOnlyWhatIsThereIsRead() {
        RightsLayout layout = layout("freebsd");
        MemorySegment control = memory(layout.space(4));
        layout.write(new int[] {7, 8, 9, 10}, control);
        assertThat(layout.read(control, layout.data() + 9)).containsExactly(7, 8);
        assertThat(layout.read(control, layout.data() - 1)).isEmpty();
        assertThat(layout.read(memory(64), 64)).isEmpty();
    }

    @Test
    void theHeaderOfMacOsIsNotPadded() {
        MemorySegment control = memory(20);
        layout("macos").write(new int[] {7, 8}, control);
        assertThat(control.toArray(ValueLayout.JAVA_INT)).containsExactly(20, 0xffff, 1, 7, 8);
    }
}
