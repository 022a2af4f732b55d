package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Filters by name and by number. */
class FilterTest {
    @ParameterizedTest
    @EnumSource
    void filterHasItsCName(Filter filter) throws ReflectiveOperationException {
        assertThat(Filter.class.getField(filter.cName()).get(null)).isSameAs(filter);
    }

    @ParameterizedTest
    @EnumSource
    void valueIsTheHostsOrFailsByName(Filter filter) {
        if (filter.isDefined()) {
            assertThat(filter.value()).isEqualTo(Abi.HOST.constant(filter.cName()));
            assertThat(Filter.of(filter.value())).isSameAs(filter);
        } else {
            assertThatThrownBy(filter::value)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(filter.cName() + " is not defined on " + Abi.HOST.system());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE", "VNODE", "PROC", "SIGNAL", "TIMER", "USER"})
    void whatProgramsUseIsDefinedOnEveryHost(Filter filter) {
        assertThat(filter.isDefined()).isTrue();
    }

    @Test
    void unknownNumberIsRefused() {
        assertThatThrownBy(() -> Filter.of(12345))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12345");
    }
}
