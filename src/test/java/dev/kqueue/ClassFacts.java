package dev.kqueue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the architecture's rules ask of a class file.
 *
 * @param name the class, with dots
 * @param references every class that the class file names, itself included
 * @param published the classes in the signatures that a program outside the package can see
 * @param strings the string literals
 */
record ClassFacts(String name, Set<String> references, Set<String> published, Set<String> strings) {
    private static final Pattern CLASS_IN_SIGNATURE = Pattern.compile("L([\\w/$]+)");

    String packageName() {
        return packageOf(name);
    }

    /** Nested classes belong to the class they are written in. */
    String topLevelName() {
        int dollar = name.indexOf('$');
        return dollar < 0 ? name : name.substring(0, dollar);
    }

    static String packageOf(String className) {
        return className.substring(0, Math.max(0, className.lastIndexOf('.')));
    }

    static List<ClassFacts> readAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("module-info.class"))
                    .map(ClassFacts::read)
                    .toList();
        }
    }

    private static ClassFacts read(Path file) {
        try {
            return of(ClassFile.of().parse(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ClassFacts of(ClassModel model) {
        Set<String> references = new TreeSet<>();
        Set<String> published = new TreeSet<>();
        Set<String> strings = new TreeSet<>();
        for (PoolEntry entry : model.constantPool()) {
            switch (entry) {
                case ClassEntry type -> addClass(type, references);
                case NameAndTypeEntry member -> addSignature(member.type().stringValue(), references);
                case MethodTypeEntry type -> addSignature(type.descriptor().stringValue(), references);
                case StringEntry literal -> strings.add(literal.stringValue());
                default -> {}
            }
        }
        addGenericSignature(model, references);
        boolean visible = model.flags().has(AccessFlag.PUBLIC);
        if (visible) {
            model.superclass().ifPresent(type -> addClass(type, published));
            model.interfaces().forEach(type -> addClass(type, published));
            addGenericSignature(model, published);
        }
        model.fields()
                .forEach(
                        field -> {
                            addMember(field, field.fieldType().stringValue(), references);
                            if (visible && isVisible(field.flags().flags())) {
                                addMember(field, field.fieldType().stringValue(), published);
                            }
                        });
        model.methods()
                .forEach(
                        method -> {
                            addMember(method, method.methodType().stringValue(), references);
                            if (visible && isVisible(method.flags().flags())) {
                                addMember(method, method.methodType().stringValue(), published);
                                method.findAttribute(Attributes.exceptions())
                                        .ifPresent(
                                                thrown ->
                                                        thrown.exceptions().forEach(type -> addClass(type, published)));
                            }
                        });
        return new ClassFacts(model.thisClass().asInternalName().replace('/', '.'), references, published, strings);
    }

    private static boolean isVisible(Set<AccessFlag> flags) {
        return flags.contains(AccessFlag.PUBLIC) || flags.contains(AccessFlag.PROTECTED);
    }

    private static void addMember(AttributedElement member, String descriptor, Set<String> into) {
        addSignature(descriptor, into);
        addGenericSignature(member, into);
    }

    private static void addGenericSignature(AttributedElement element, Set<String> into) {
        element.findAttribute(Attributes.signature())
                .ifPresent(signature -> addSignature(signature.signature().stringValue(), into));
    }

    /** A class entry holds a plain name, or the descriptor of an array. */
    private static void addClass(ClassEntry type, Set<String> into) {
        String name = type.asInternalName();
        if (name.startsWith("[")) {
            addSignature(name, into);
        } else {
            into.add(name.replace('/', '.'));
        }
    }

    private static void addSignature(String signature, Set<String> into) {
        Matcher types = CLASS_IN_SIGNATURE.matcher(signature);
        while (types.find()) {
            into.add(types.group(1).replace('/', '.'));
        }
    }
}
