package dev.kqueue;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.file.KQueueWatchService;

import java.io.IOException;
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

/** The types that a program sees: those of the exported packages that are public or protected. */
final class PublicTypes {
    private PublicTypes() {}

    /** All of them, package by package, in the order of their names. */
    static List<Class<?>> all() throws IOException, URISyntaxException, ClassNotFoundException {
        List<Class<?>> types = new ArrayList<>();
        for (Class<?> example : List.of(KQueue.class, KQueueSelector.class, KQueueWatchService.class)) {
            addAll(types, example);
        }
        return types;
    }

    private static void addAll(List<Class<?>> types, Class<?> example)
            throws IOException, URISyntaxException, ClassNotFoundException {
        Path root = Path.of(example.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.list(root.resolve(example.getPackageName().replace('.', '/')))) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.equals("package-info.class")) {
                    String simple = name.substring(0, name.length() - ".class".length());
                    Class<?> type =
                            Class.forName(example.getPackageName() + "." + simple, false, example.getClassLoader());
                    if (isVisible(type)) {
                        types.add(type);
                    }
                }
            }
        }
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return isVisible(type.getModifiers()) && (outer == null || isVisible(outer));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    /** Whether a program can use or override it. */
    static boolean isShown(Member member) {
        return isVisible(member.getModifiers()) && !member.isSynthetic();
    }

    /**
     * The methods of a type that a program can use or override: its own, and what it has of superclasses that a program
     * does not see.
     */
    static List<Method> methods(Class<?> type) {
        List<Method> methods = new ArrayList<>();
        add(methods, type);
        for (Class<?> hidden = type.getSuperclass();
                hidden != null && !isVisible(hidden);
                hidden = hidden.getSuperclass()) {
            add(methods, hidden);
        }
        return methods;
    }

    private static void add(List<Method> methods, Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            boolean known =
                    methods.stream()
                            .anyMatch(
                                    other ->
                                            other.getName().equals(method.getName())
                                                    && Arrays.equals(
                                                            other.getParameterTypes(), method.getParameterTypes()));
            if (isShown(method) && !known) {
                methods.add(method);
            }
        }
    }
}
