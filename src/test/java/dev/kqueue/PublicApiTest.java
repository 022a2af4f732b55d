package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
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
        for (Class<?> type : PublicTypes.all()) {
            lines.add(declaration(type));
            members(type).map(member -> "    " + member).sorted().forEach(lines::add);
        }
        return lines;
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
                Arrays.stream(type.getDeclaredFields()).filter(PublicTypes::isShown).map(Field::toGenericString);
        Stream<String> constructors =
                Arrays.stream(type.getDeclaredConstructors())
                        .filter(PublicTypes::isShown)
                        .map(Constructor::toGenericString);
        Stream<String> methods =
                PublicTypes.methods(type).stream()
                        .map(method -> method.toGenericString().replace(owner(method) + ".", type.getName() + "."));
        return Stream.of(fields, constructors, methods).flatMap(shown -> shown);
    }

    /** As {@link Method#toGenericString} writes it before the method's name. */
    private static String owner(Method method) {
        return method.getDeclaringClass().getName();
    }
}
