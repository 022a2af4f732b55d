package dev.kqueue.snippet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The examples in the documentation compile, with what {@link Surroundings} has and {@link #IMPORTS}; and each public
 * type begins with one. Those of docs/guide.md are whole programs, with a test of their own.
 */
@Timeout(120)
class SnippetsTest {
    private static final List<Path> EXPORTED =
            Stream.of("", "nio", "nio/file").map(Path.of("src/main/java/dev/kqueue")::resolve).toList();

    private static final String IMPORTS =
            Stream.of(
                            "static dev.kqueue.KEvent.*",
                            "static dev.kqueue.Note.*",
                            "static java.nio.file.StandardWatchEventKinds.*",
                            "dev.kqueue.*",
                            "dev.kqueue.nio.*",
                            "dev.kqueue.nio.file.*",
                            "java.io.*",
                            "java.net.*",
                            "java.nio.*",
                            "java.nio.channels.*",
                            "java.nio.file.*",
                            "java.time.*",
                            "java.util.*")
                    .map("import %s; "::formatted)
                    .reduce("", String::concat);

    /** From the comment of a public type on, up to its name. */
    private static final Pattern PUBLIC_TYPE =
            Pattern.compile(
                    "(?m)^/\\*\\*(?<comment>(?:(?!\\*/)[\\s\\S])*)\\*/\n(?:@[^\n]*\n|//[^\n]*\n)*"
                            + "public [a-z -]*(?:class|interface|enum|record) (?<name>\\w+)");

    @TempDir private Path folder;

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    private static List<Snippet> snippets() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path exported : EXPORTED) {
            files.addAll(sources(exported));
        }
        files.add(Path.of("README.md"));
        try (Stream<Path> pages = Files.list(Path.of("docs"))) {
            pages.filter(page -> page.toString().endsWith(".md") && !page.endsWith("guide.md"))
                    .sorted()
                    .forEach(files::add);
        }
        List<Snippet> snippets = new ArrayList<>();
        for (Path file : files) {
            snippets.addAll(Snippet.of(file));
        }
        return snippets;
    }

    /** What the compiler says of them, each with its file and line. */
    private List<String> mistakes(List<Snippet> snippets) throws IOException {
        List<JavaFileObject> units = new ArrayList<>();
        for (int i = 0; i < snippets.size(); i++) {
            units.add(new Unit(snippets.get(i), "Example" + i));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        compiler.getTask(
                        null,
                        null,
                        diagnostics,
                        List.of(
                                "-proc:none",
                                "-Xmaxerrs",
                                "1000",
                                "-d",
                                folder.toString(),
                                "-cp",
                                System.getProperty("java.class.path")),
                        null,
                        units)
                .call();
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(
                        diagnostic ->
                                (diagnostic.getSource() instanceof Unit unit ? unit.snippet.file() : "")
                                        + ":"
                                        + diagnostic.getLineNumber()
                                        + ": "
                                        + diagnostic.getMessage(Locale.ENGLISH))
                .toList();
    }

    @Test
    void examplesCompile() throws IOException {
        List<Snippet> snippets = snippets();
        assertThat(snippets).hasSizeGreaterThan(50);
        assertThat(mistakes(snippets)).isEmpty();
    }

    @Test
    void exampleThatDoesNotCompileIsNamedWithItsLine() throws IOException {
        Path page =
                Files.writeString(folder.resolve("page.md"), "Text.\n\n```java\nint i = 1;\nlong j = \"2\";\n```\n");
        assertThat(mistakes(Snippet.of(page))).singleElement().asString().startsWith(page + ":5: incompatible types");
        Path source =
                Files.writeString(folder.resolve("A.java"), "/**\n * A.\n *\n * {@snippet :\n * no();\n * }\n */\n");
        assertThat(mistakes(Snippet.of(source))).singleElement().asString().startsWith(source + ":5: cannot find");
    }

    /** Each one is found: a comment in which the pattern sees none would be a comment that nobody compiles. */
    @Test
    void noExampleIsPassedOver() throws IOException {
        for (Path exported : EXPORTED) {
            for (Path file : sources(exported)) {
                String content = Files.readString(file);
                assertThat(Snippet.of(file)).as(file.toString()).hasSize(content.split("\\{@snippet", -1).length - 1);
                assertThat(content).as(file.toString()).doesNotContain("<pre>{@code");
            }
        }
    }

    @Test
    void publicTypesBeginWithAnExample() throws IOException {
        List<String> without = new ArrayList<>();
        int types = 0;
        for (Path exported : EXPORTED) {
            for (Path file : sources(exported)) {
                Matcher type = PUBLIC_TYPE.matcher(Files.readString(file));
                if (type.find()) {
                    types++;
                    String[] first = type.group("comment").split("\\{@snippet", 2);
                    if (first.length < 2 || first[0].matches("(?s).*<(p|h2|ul|pre)>.*")) {
                        without.add(type.group("name"));
                    }
                }
            }
        }
        assertThat(types).isGreaterThan(35);
        assertThat(without).isEmpty();
    }

    private static final class Unit extends SimpleJavaFileObject {
        private final Snippet snippet;
        private final String content;

        Unit(Snippet snippet, String name) {
            super(URI.create("string:///" + snippet.unitName(name) + ".java"), Kind.SOURCE);
            this.snippet = snippet;
            this.content = snippet.unit(name, IMPORTS);
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content;
        }
    }
}
