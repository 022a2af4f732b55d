package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A test method that is overridden without {@code @Test} is run no more, and nobody is told. */
class OverriddenTestsTest {
    @Test
    void overriddenTestsAreTests() throws IOException, ReflectiveOperationException {
        Path root = Path.of("target", "test-classes");
        List<String> lost = new ArrayList<>();
        int overridden = 0;
        for (String name : testClasses(root)) {
            Class<?> type = Class.forName(name, false, getClass().getClassLoader());
            for (Method method : type.getDeclaredMethods()) {
                if (!method.isSynthetic() && isTestAbove(type.getSuperclass(), method)) {
                    overridden++;
                    if (!method.isAnnotationPresent(Test.class)) {
                        lost.add(name + "." + method.getName());
                    }
                }
            }
        }
        assertThat(overridden).as("overridden tests were found at all").isPositive();
        assertThat(lost).isEmpty();
    }

    private static List<String> testClasses(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("dev"))) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith("Test.class"))
                    .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .toList();
        }
    }

    private static boolean isTestAbove(Class<?> type, Method method) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Method above : each.getDeclaredMethods()) {
                if (above.getName().equals(method.getName())
                        && List.of(above.getParameterTypes()).equals(List.of(method.getParameterTypes()))
                        && above.isAnnotationPresent(Test.class)) {
                    return true;
                }
            }
        }
        return false;
    }
}
