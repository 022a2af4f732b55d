package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** The example in the package's documentation is a program: it compiles, and does what it looks like. */
@Timeout(120)
class PackageExampleTest {
    @TempDir Path folder;

    @Test
    void exampleCompilesAndRuns() throws IOException, InterruptedException {
        Path source = folder.resolve("Ticker.java");
        Files.writeString(source, example());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        boolean compiled =
                compiler.getTask(
                                complaints,
                                null,
                                null,
                                List.of("-d", folder.toString(), "-Xlint:all", "-Werror"),
                                null,
                                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
                        .call();
        assertThat(compiled).as(complaints.toString()).isTrue();

        assertThat(new ChildJvm(folder).run("Ticker").lines()).contains("ding", "tick").isSubsetOf("ding", "tick");
    }

    /** What stands between the snippet's braces, without the comment's asterisks. */
    private static String example() throws IOException {
        List<String> lines =
                Files.readAllLines(Path.of("src/main/java/dev/kqueue/package-info.java")).stream()
                        .map(line -> line.replaceFirst("^ \\* ?", ""))
                        .toList();
        int start = lines.indexOf("{@snippet lang=\"java\" :");
        int end = lines.subList(start, lines.size()).lastIndexOf("}") + start;
        return lines.subList(start + 1, end).stream().collect(Collectors.joining("\n"));
    }
}
