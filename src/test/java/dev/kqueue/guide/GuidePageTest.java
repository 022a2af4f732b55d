package dev.kqueue.guide;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Java of docs/guide.md is that of the programs beside this test, without their imports. */
class GuidePageTest {
    private static final Path PROGRAMS = Path.of("src/test/java/dev/kqueue/guide");

    private static List<String> blocks() throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL).matcher(Files.readString(page()));
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    private static Path page() {
        return Path.of("docs/guide.md");
    }

    /** From the comment of the class on. */
    private static String program(Path file) throws IOException {
        String text = Files.readString(file);
        return text.substring(text.indexOf("\n/**") + 1);
    }

    private static Set<Path> programs() throws IOException {
        try (Stream<Path> files = Files.list(PROGRAMS)) {
            return files.filter(file -> !file.toString().endsWith("Test.java")).collect(Collectors.toSet());
        }
    }

    @Test
    void blocksAreTheProgramsThatTestsRun() throws IOException {
        List<String> programs = new ArrayList<>();
        for (Path file : programs()) {
            programs.add(program(file));
        }
        assertThat(blocks()).containsExactlyInAnyOrderElementsOf(programs);
    }

    @Test
    void eachProgramIsLinked() throws IOException {
        String page = Files.readString(page());
        for (Path file : programs()) {
            assertThat(page).contains("(../" + file.toString().replace('\\', '/') + ")");
        }
    }
}
