package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rule of {@link Note}: no parentheses, one number everywhere; parentheses, a number of this system or none. */
class NoteTest {
    private static final List<Abi> SYSTEMS =
            Stream.of("macos", "freebsd", "netbsd", "openbsd", "dragonfly", "linux")
                    .map(name -> Abi.of(name, "amd64", "glibc"))
                    .toList();

    static Stream<Field> constants() {
        return Stream.of(Note.class, KEvent.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == int.class)
                .filter(field -> field.getName().matches("(EV|NOTE)_[A-Z0-9_]+"));
    }

    static Stream<Method> lookUps() {
        return Stream.of(Note.class, KEvent.class, Filter.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> method.getName().matches("(EV|NOTE|EVFILT)_[A-Z0-9_]+"));
    }

    @ParameterizedTest
    @MethodSource("constants")
    void nameWithoutParenthesesIsOneNumberOnEverySystem(Field constant) throws IllegalAccessException {
        int value = constant.getInt(null);

        assertThat(SYSTEMS).allSatisfy(system -> assertThat(system.find(constant.getName())).hasValue(value));
        Abi.of("libkqueue", "amd64", "glibc")
                .find(constant.getName())
                .ifPresent(theirs -> assertThat(theirs).isEqualTo(value));
    }

    @ParameterizedTest
    @MethodSource("lookUps")
    void nameWithParenthesesIsAskedOfThisSystem(Method lookUp) throws IllegalAccessException {
        String name = lookUp.getName();
        if (Abi.HOST.isDefined(name)) {
            assertThat(call(lookUp)).isEqualTo(Abi.HOST.constant(name));
        } else {
            assertThatThrownBy(() -> call(lookUp))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining(Abi.HOST.system());
        }
    }

    @ParameterizedTest
    @MethodSource("lookUps")
    void nameWithParenthesesHasNoOneNumber(Method lookUp) {
        Set<Integer> numbers =
                SYSTEMS.stream()
                        .flatMap(system -> system.find(lookUp.getName()).stream().boxed())
                        .collect(Collectors.toSet());
        long defined = SYSTEMS.stream().filter(system -> system.isDefined(lookUp.getName())).count();

        assertThat(numbers.size() == 1 && defined == SYSTEMS.size()).isFalse();
    }

    @Test
    void everyNameOfEverySystemCanBeReached() {
        Set<String> reachable = new TreeSet<>();
        constants().forEach(constant -> reachable.add(constant.getName()));
        lookUps().forEach(lookUp -> reachable.add(lookUp.getName()));
        Arrays.stream(Filter.class.getFields()).forEach(field -> reachable.add(field.getName()));

        assertThat(SYSTEMS)
                .allSatisfy(
                        system ->
                                assertThat(reachable)
                                        .containsAll(
                                                system.constants().stream()
                                                        .filter(name -> name.matches("(EV|NOTE|EVFILT)_.*"))
                                                        .toList()));
    }

    @Test
    void findTellsAbsentFromZero() {
        assertThat(Note.find("NOTE_FFNOP")).hasValue(0);
        assertThat(Note.find("NOTE_LINKUP")).isEmpty();
    }

    @Test
    void findRefusesWhatIsNoNote() {
        assertThatThrownBy(() -> Note.find("EAGAIN"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("EAGAIN");
    }

    private static int call(Method lookUp) throws IllegalAccessException {
        try {
            return (int) lookUp.invoke(null);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e);
        }
    }
}
