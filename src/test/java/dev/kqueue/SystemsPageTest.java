package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** docs/systems.md names tests, and they are there. */
class SystemsPageTest {
    private static final Pattern NAME = Pattern.compile("`([A-Za-z]+)(?:\\.([a-zA-Z]+))?`");

    @Test
    void everyTestThatIsNamedIsThere() throws IOException {
        StringBuilder sources = new StringBuilder();
        Set<String> classes = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.append(Files.readString(file));
                classes.add(file.getFileName().toString().replace(".java", ""));
            }
        }
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (String line : Files.readAllLines(Path.of("docs/systems.md"))) {
            if (!line.startsWith("|")) {
                continue;
            }
            String[] cells = line.split("\\|");
            Matcher matcher = NAME.matcher(cells[cells.length - 1]);
            while (matcher.find()) {
                named++;
                boolean isClass = Character.isUpperCase(matcher.group(1).charAt(0));
                String method = isClass ? matcher.group(2) : matcher.group(1);
                if ((isClass && !classes.contains(matcher.group(1)))
                        || (method != null && sources.indexOf("void " + method + "(") < 0)) {
                    missing.add(matcher.group());
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).isGreaterThan(60);
    }

    @Test
    void everyPointHasARow() throws IOException {
        List<Integer> points = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("docs/systems.md"))) {
            Matcher matcher = Pattern.compile("\\| (\\d+) \\|.*").matcher(line);
            if (matcher.matches()) {
                points.add(Integer.valueOf(matcher.group(1)));
                assertThat(line.split("\\|")).as(line).hasSize(5).noneMatch(cell -> !cell.isEmpty() && cell.isBlank());
            }
        }
        assertThat(points).hasSize(67).isSorted().doesNotHaveDuplicates();
    }
}
