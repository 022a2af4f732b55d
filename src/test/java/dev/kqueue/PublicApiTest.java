package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.file.KQueueWatchService;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Compares the public API with {@code src/test/resources/api/signatures.txt}: every type, method, constructor and field
 * that a program can use or override. So no change of it goes unnoticed.
 */
class PublicApiTest {
    private static final Path FILE = Path.of("src/test/resources/api/signatures.txt");

    private static final String UPDATE = "kqueue.test.updateApi";

    @Test
    void signaturesAreThoseOfTheFile() throws Exception {
        List<String> signatures = signatures();
        if (Boolean.getBoolean(UPDATE)) {
            Files.write(FILE, signatures);
        }
        assertThat(signatures)
                .as(
                        "the public API; if the change is meant, run this test with -D"
                                + UPDATE
                                + "=true, and commit "
                                + FILE)
                .isEqualTo(Files.readAllLines(FILE));
    }

    private static List<String> signatures() throws IOException, URISyntaxException, ClassNotFoundException {
        List<String> lines = new ArrayList<>();
        for (Class<?> example : List.of(KQueue.class, KQueueSelector.class, KQueueWatchService.class)) {
            for (Class<?> type : classes(example)) {
                lines.add(declaration(type));
                members(type).map(member -> "    " + member).sorted().forEach(lines::add);
            }
        }
        return lines;
    }

    /** The classes of a package that programs see, in the order of their names. */
    private static List<Class<?>> classes(Class<?> example)
            throws IOException, URISyntaxException, ClassNotFoundException {
        Path root = Path.of(example.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve(example.getPackageName().replace('.', '/')))) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.equals("package-info.class")) {
                    String simple = name.substring(0, name.length() - ".class".length());
                    Class<?> type =
                            Class.forName(example.getPackageName() + "." + simple, false, example.getClassLoader());
                    if (isVisible(type)) {
                        classes.add(type);
                    }
                }
            }
        }
        return classes;
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return isVisible(type.getModifiers()) && (outer == null || isVisible(outer));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String declaration(Class<?> type) {
        StringBuilder line = new StringBuilder(type.toGenericString());
        if (type.getGenericSuperclass() != null && type.getSuperclass() != Object.class) {
            line.append(" extends ").append(type.getGenericSuperclass().getTypeName());
        }
        Arrays.stream(type.getGenericInterfaces())
                .forEach(shown -> line.append(" implements ").append(shown.getTypeName()));
        return line.toString();
    }

    private static Stream<String> members(Class<?> type) {
        Stream<String> fields =
                Arrays.stream(type.getDeclaredFields()).filter(PublicApiTest::isShown).map(Field::toGenericString);
        Stream<String> constructors =
                Arrays.stream(type.getDeclaredConstructors())
                        .filter(PublicApiTest::isShown)
                        .map(Constructor::toGenericString);
        Stream<String> methods =
                Arrays.stream(type.getDeclaredMethods()).filter(PublicApiTest::isShown).map(Method::toGenericString);
        return Stream.of(fields, constructors, methods).flatMap(shown -> shown);
    }

    private static boolean isShown(Member member) {
        return isVisible(member.getModifiers()) && !member.isSynthetic();
    }
}
