package dev.kqueue.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;

class SymbolsTest {
    @Test
    void everyFunctionThatIsLinkedIsListed() throws IOException {
        assertThat(Symbols.all()).isEqualTo(LinkedFunctions.all());
    }

    @Test
    void thisLibraryHasWhatIsNeeded() {
        assertThat(Symbols.needed()).isNotEmpty().allMatch(Symbols.Symbol::isFound);
    }

    @Test
    void nothingIsBothNeededAndOptional() {
        assertThat(Symbols.optional()).isNotEmpty().doesNotContainAnyElementsOf(Symbols.needed());
    }
}
