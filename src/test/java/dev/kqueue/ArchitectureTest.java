package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

final class ArchitectureTest {
    @Test
    void classesKeepTheArchitecture() throws IOException, URISyntaxException {
        List<ClassFacts> classes =
                ClassFacts.readAll(Path.of(KQueue.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
        assertThat(classes).extracting(ClassFacts::name).contains("dev.kqueue.HostKQueue", "dev.kqueue.nio.EventKnote");
        assertThat(Architecture.violations(classes)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "dev.kqueue.internal.abi.Abi, dev.kqueue.internal.libc.Unistd",
        "dev.kqueue.internal.abi.Abi, dev.kqueue.KQueue",
        "dev.kqueue.internal.libc.Unistd, dev.kqueue.KEvent",
        "dev.kqueue.internal.bsd.KernelKQueue, dev.kqueue.internal.linux.Scan",
        "dev.kqueue.internal.linux.Scan, dev.kqueue.internal.bsd.KernelKQueue",
        "dev.kqueue.internal.linux.Scan, dev.kqueue.nio.EventKnote",
        "dev.kqueue.nio.EventKnote, dev.kqueue.internal.bsd.KernelKQueue",
        "dev.kqueue.nio.EventKnote, dev.kqueue.internal.linux.Scan",
        "dev.kqueue.KQueue, dev.kqueue.internal.linux.Scan",
        "dev.kqueue.KQueue, dev.kqueue.nio.EventKnote",
        "dev.kqueue.tool.Main, dev.kqueue.internal.libc.Unistd",
        "dev.kqueue.KQueue, dev.kqueue.tool.Main",
        "dev.kqueue.tool.doctor.Doctor, dev.kqueue.tool.Main",
        "dev.kqueue.tool.doctor.Doctor, dev.kqueue.internal.bsd.KernelKQueue",
        "dev.kqueue.nio.EventKnote, dev.kqueue.tool.doctor.Doctor",
        "dev.kqueue.nio.EventKnote, java.lang.foreign.Linker",
        "dev.kqueue.internal.bsd.KernelKQueue, java.lang.foreign.Linker$Option",
        "dev.kqueue.KEventList, java.lang.foreign.SymbolLookup",
        "dev.kqueue.nio.EventKnote, sun.nio.ch.SelectorImpl",
        "dev.kqueue.internal.libc.Unistd, jdk.internal.misc.Unsafe",
        "dev.kqueue.internal.libc.Unistd, sun.misc.Unsafe",
        "dev.kqueue.nio.EventKnote, sun.misc.Signal",
    })
    void forbiddenReferenceIsFound(String from, String to) {
        assertThat(Architecture.violations(List.of(referring(from, to))))
                .containsExactly(from + " may not refer to " + to);
    }

    @ParameterizedTest
    @CsvSource({
        "dev.kqueue.HostKQueue, dev.kqueue.internal.linux.Scan",
        "dev.kqueue.HostKQueue$1, dev.kqueue.internal.bsd.KernelKQueue",
        "dev.kqueue.KQueue, dev.kqueue.internal.libc.Unistd",
        "dev.kqueue.nio.EventKnote, dev.kqueue.KQueue",
        "dev.kqueue.internal.signal.SignalLink, sun.misc.SignalHandler",
        "dev.kqueue.internal.libc.Unistd, java.lang.foreign.Linker$Option",
        "dev.kqueue.nio.EventKnote, java.lang.foreign.MemorySegment",
        "dev.kqueue.tool.Main, dev.kqueue.nio.EventKnote",
        "dev.kqueue.tool.Main, dev.kqueue.tool.doctor.Doctor",
        "dev.kqueue.tool.doctor.Doctor, dev.kqueue.internal.libc.Symbols",
    })
    void allowedReferenceIsNoViolation(String from, String to) {
        assertThat(Architecture.violations(List.of(referring(from, to)))).isEmpty();
    }

    @Test
    void unknownPackageIsFound() {
        assertThat(Architecture.violations(List.of(referring("dev.kqueue.spare.Part", "java.lang.Object"))))
                .containsExactly("dev.kqueue.spare.Part is in a package that the architecture does not know");
    }

    @Test
    void internalTypeInAPublicSignatureIsFound() {
        String internal = "dev.kqueue.internal.abi.Abi";
        ClassFacts leaking = new ClassFacts("dev.kqueue.KQueue", Set.of(internal), Set.of(internal), Set.of());
        assertThat(Architecture.violations(List.of(leaking)))
                .containsExactly("dev.kqueue.KQueue shows " + internal + " to its users");
    }

    @ParameterizedTest
    @CsvSource({
        "dev.kqueue.internal.libc.Unistd, os.name",
        "dev.kqueue.tool.doctor.Doctor, os.arch",
        "dev.kqueue.nio.EventKnote, os.version",
        "dev.kqueue.nio.EventKnote, sun.nio.ch.DefaultSelectorProvider",
        "dev.kqueue.nio.EventKnote, jdk.internal.misc.Unsafe",
    })
    void forbiddenLiteralIsFound(String from, String literal) {
        ClassFacts naming = new ClassFacts(from, Set.of(), Set.of(), Set.of(literal));
        assertThat(Architecture.violations(List.of(naming)))
                .containsExactly(from + " may not name \"" + literal + "\"");
    }

    @Test
    void systemPropertyOfTheJvmIsNoJdkInternal() {
        ClassFacts asking =
                new ClassFacts("dev.kqueue.internal.libc.CLibrary", Set.of(), Set.of(), Set.of("sun.jnu.encoding"));
        assertThat(Architecture.violations(List.of(asking))).isEmpty();
    }

    @Test
    void onlyTheAbiAsksForTheSystemsName() {
        ClassFacts host = new ClassFacts("dev.kqueue.internal.abi.Host", Set.of(), Set.of(), Set.of("os.name"));
        assertThat(Architecture.violations(List.of(host))).isEmpty();
    }

    @Test
    void everyPlaceThatNamesAClassIsRead() {
        ClassDesc name = ClassDesc.of("dev.kqueue.Made");
        byte[] bytes =
                ClassFile.of()
                        .build(
                                name,
                                made ->
                                        made.withFlags(ClassFile.ACC_PUBLIC)
                                                .withSuperclass(ClassDesc.of("a.Super"))
                                                .withInterfaceSymbols(ClassDesc.of("a.Interface"))
                                                .withField(
                                                        "secret",
                                                        ClassDesc.of("a.PrivateField").arrayType(),
                                                        ClassFile.ACC_PRIVATE)
                                                .withField("open", ClassDesc.of("a.PublicField"), ClassFile.ACC_PUBLIC)
                                                .withMethodBody(
                                                        "method",
                                                        MethodTypeDesc.of(
                                                                ConstantDescs.CD_void, ClassDesc.of("a.Parameter")),
                                                        ClassFile.ACC_PROTECTED,
                                                        code ->
                                                                code.ldc("a literal")
                                                                        .invokestatic(
                                                                                ClassDesc.of("a.Owner"),
                                                                                "called",
                                                                                MethodTypeDesc.of(
                                                                                        ConstantDescs.CD_void,
                                                                                        ClassDesc.of(
                                                                                                "a.Argument$Nested")))
                                                                        .return_()));
        ClassFacts facts = ClassFacts.of(ClassFile.of().parse(bytes));
        assertThat(facts.name()).isEqualTo("dev.kqueue.Made");
        assertThat(facts.references())
                .contains("a.Super", "a.Interface", "a.PrivateField", "a.PublicField", "a.Parameter", "a.Owner")
                .contains("a.Argument$Nested");
        assertThat(facts.published())
                .containsExactlyInAnyOrder("a.Super", "a.Interface", "a.PublicField", "a.Parameter");
        assertThat(facts.strings()).containsExactly("a literal");
    }

    @Test
    void typeArgumentsAreRead() throws IOException, URISyntaxException {
        Path tests = Path.of(ArchitectureTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        ClassFacts facts = ClassFacts.of(ClassFile.of().parse(tests.resolve("dev/kqueue/Architecture.class")));
        assertThat(facts.references()).contains("java.util.Collection", "dev.kqueue.ClassFacts");
    }

    private static ClassFacts referring(String from, String to) {
        return new ClassFacts(from, Set.of(from, to), Set.of(), Set.of());
    }
}
