package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.nio.KQueueSelector;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What each public method does when it is given null, and when what it is called on is closed or cancelled: called, and
 * compared with {@code src/test/resources/api/refusals.txt}. A method that is not in the file, or behaves in another
 * way, fails the test.
 */
@Timeout(120)
class PublicMethodsTest {
    private static final Path FILE = Path.of("src/test/resources/api/refusals.txt");

    private static final String UPDATE = "kqueue.test.updateApi";

    /** The methods of {@link Object} and of enums and records that the compiler writes: nothing of ours to specify. */
    private static final Set<String> GENERATED = Set.of("equals", "hashCode", "values", "valueOf");

    /** kevent: no list; the methods of KeyAction: the sample does not look at its key. */
    private static final Set<String> TAKES_NULL = Set.of("kevent", "accept", "run");

    private static final Class<?> WATCHING = KQueueSelector.class.getSuperclass();

    @TempDir private Path folder;

    @Test
    void refusalsAreThoseOfTheFile() throws Exception {
        List<String> rows = new ArrayList<>();
        for (Class<?> type : PublicTypes.all()) {
            for (Executable method : methods(type)) {
                rows.add(row(method));
            }
        }
        if (Boolean.getBoolean(UPDATE)) {
            Files.write(FILE, rows);
        }
        assertThat(rows)
                .as("nulls, closed and cancelled; if the change is meant, run this test with -D%s=true", UPDATE)
                .isEqualTo(Files.readAllLines(FILE));
    }

    @Test
    void nullIsRefusedExceptAsAnAttachmentAndWhereItMeansSomething() throws Exception {
        for (Class<?> type : PublicTypes.all()) {
            for (Executable method : methods(type)) {
                Class<?>[] types = method.getParameterTypes();
                for (int i = 0; i < types.length; i++) {
                    // Without an address a datagram goes to the peer that the channel is connected to, here none.
                    if (!types[i].isPrimitive() && types[i] != SocketAddress.class) {
                        boolean meaning = types[i] == Object.class || TAKES_NULL.contains(method.getName());
                        assertThat(withNull(method, i))
                                .as("%s, argument %d", name(method), i + 1)
                                .isEqualTo(meaning ? "accepted" : "NullPointerException");
                    }
                }
            }
        }
    }

    /** So the exception names the mistake that is the program's own, whatever else is wrong with the call. */
    @Test
    void nullIsRefusedBeforeAnyOtherMistake() throws Exception {
        List<String> late = new ArrayList<>();
        for (Class<?> type : PublicTypes.all()) {
            for (Executable method : methods(type)) {
                Class<?>[] types = method.getParameterTypes();
                for (int i = 0; i < types.length; i++) {
                    boolean refused = !types[i].isPrimitive() && withNull(method, i).equals("NullPointerException");
                    for (int other = 0; refused && other < types.length; other++) {
                        Object wrong = other == i ? null : Samples.wrong(types[other]);
                        String outcome = wrong == null ? "" : withNull(method, i, other, wrong);
                        if (wrong != null && !outcome.equals("NullPointerException")) {
                            late.add(
                                    "%s: argument %d is null, %s is wrong: %s"
                                            .formatted(name(method), i + 1, wrong, outcome));
                        }
                    }
                }
            }
        }
        assertThat(late).isEmpty();
    }

    private static List<Executable> methods(Class<?> type) {
        List<Executable> methods = new ArrayList<>();
        for (Method method : PublicTypes.methods(type)) {
            if (Modifier.isPublic(method.getDeclaringClass().getModifiers())) {
                methods.add(method);
            } else if (!Modifier.isFinal(method.getModifiers())) {
                // Java lets a program call it for an object of the public class, but not the test by reflection. Final
                // ones are those of SelectionKey, which specifies them.
                method.setAccessible(true);
                methods.add(method);
            }
        }
        methods.addAll(Arrays.asList(type.getDeclaredConstructors()));
        methods.removeIf(method -> !Modifier.isPublic(method.getModifiers()) || GENERATED.contains(method.getName()));
        methods.sort(Comparator.comparing(PublicMethodsTest::name));
        return methods;
    }

    /** The public class of which a program has the method. */
    private static Class<?> owner(Executable method) {
        Class<?> type = method.getDeclaringClass();
        return type.equals(WATCHING) ? KQueueSelector.class : type;
    }

    private static String name(Executable method) {
        return owner(method).getSimpleName()
                + (method instanceof Method ? "." + method.getName() : "")
                + Arrays.stream(method.getGenericParameterTypes())
                        .map(type -> type.getTypeName().replaceAll("[a-z]+\\.|java\\.|dev\\.kqueue\\.", ""))
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    /** One line: the method, what null does in each place, and what the end of its object does. */
    private String row(Executable method) throws Exception {
        StringBuilder row = new StringBuilder(name(method));
        Class<?>[] types = method.getParameterTypes();
        for (int i = 0; i < types.length; i++) {
            if (!types[i].isPrimitive()) {
                row.append("; ").append(i + 1).append(". null ").append(withNull(method, i));
            }
        }
        if (method instanceof Method of && !Modifier.isStatic(of.getModifiers())) {
            Samples samples = new Samples(folder);
            try {
                Object ended = samples.ended(owner(of));
                if (ended != null) {
                    row.append("; ended ").append(outcome(of, ended, samples.arguments(of)));
                }
            } finally {
                samples.closeAll();
            }
        }
        return row.toString();
    }

    private String withNull(Executable method, int index) throws Exception {
        return withNull(method, index, index, null);
    }

    private String withNull(Executable method, int index, int wrongIndex, Object wrong) throws Exception {
        Samples samples = new Samples(folder);
        try {
            boolean needsNone = Modifier.isStatic(method.getModifiers()) || !(method instanceof Method);
            Object target = needsNone ? null : samples.of(owner(method));
            Object[] arguments = samples.arguments(method);
            arguments[wrongIndex] = wrong;
            arguments[index] = null;
            return outcome(method, target, arguments);
        } finally {
            samples.closeAll();
        }
    }

    /** How the call ends: "accepted", or the exception that it throws. */
    private static String outcome(Executable executable, Object target, Object[] arguments) throws Exception {
        try {
            if (executable instanceof Method method) {
                Object result = method.invoke(target, arguments);
                if (result instanceof AutoCloseable opened) {
                    opened.close();
                }
            } else {
                ((Constructor<?>) executable).newInstance(arguments);
            }
            return "accepted";
        } catch (InvocationTargetException thrown) {
            return thrown.getCause().getClass().getSimpleName();
        }
    }
}
