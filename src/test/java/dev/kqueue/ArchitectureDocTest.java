package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * docs/architecture.md has the edges of {@link Architecture}, in its table and its picture, and names what is there.
 */
class ArchitectureDocTest {
    private static final Pattern QUOTED = Pattern.compile("`([^`\n]+)`");
    private static final Pattern CLASS_OR_MEMBER = Pattern.compile("([A-Z][A-Za-z]*[a-z][A-Za-z]*)(?:\\.([a-z]\\w*))?");
    private static final Pattern PACKAGE = Pattern.compile("[a-z]+(?:\\.[a-z]+)*");

    private static List<String> page() throws IOException {
        return Files.readAllLines(Path.of("docs/architecture.md"));
    }

    /** The name of a package, of which the page leaves out the beginning. */
    private static String full(String name) {
        if (name.startsWith(Architecture.API)) {
            return name;
        }
        return (name.startsWith("tool") ? "dev.kqueue." : "dev.kqueue.internal.") + name;
    }

    private static Set<String> packages(String cell) {
        Set<String> packages = new TreeSet<>();
        Matcher matcher = QUOTED.matcher(cell);
        while (matcher.find()) {
            packages.add(full(matcher.group(1)));
        }
        return packages;
    }

    @Test
    void tableHasTheEdgesThatAreChecked() throws IOException {
        Map<String, Set<String>> table = new TreeMap<>();
        boolean within = false;
        for (String line : page()) {
            if (line.equals("| package | may refer to |")) {
                within = true;
            } else if (within && !line.startsWith("|")) {
                break;
            } else if (within && !line.startsWith("|---")) {
                String[] cells = line.split("\\|");
                assertThat(table.put(packages(cells[1]).iterator().next(), packages(cells[2]))).as(line).isNull();
            }
        }
        assertThat(table).isEqualTo(new TreeMap<>(Architecture.EDGES));
    }

    @Test
    void pictureHasEachPackageAboveThoseThatItRefersTo() throws IOException {
        Map<String, Integer> rows = new HashMap<>();
        List<String> lines = page();
        for (int row = lines.indexOf("```") + 1; !lines.get(row).equals("```"); row++) {
            Matcher matcher = PACKAGE.matcher(lines.get(row).substring(0, lines.get(row).indexOf(" | ")));
            while (matcher.find()) {
                assertThat(rows.put(full(matcher.group()), row)).as(matcher.group()).isNull();
            }
        }
        assertThat(rows.keySet()).isEqualTo(Architecture.EDGES.keySet());
        Architecture.EDGES.forEach(
                (from, referred) ->
                        referred.forEach(
                                to ->
                                        assertThat(rows.get(from))
                                                .as("%s refers to %s", from, to)
                                                .isLessThanOrEqualTo(rows.get(to))));
    }

    @Test
    void whatIsNamedIsThere() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String root : List.of("src/main/java", "src/test/java", "src/jcstress/src/main/java")) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    String name = file.getFileName().toString().replace(".java", "");
                    sources.merge(name, Files.readString(file), String::concat);
                }
            }
        }
        List<String> missing = new ArrayList<>();
        int named = 0;
        Matcher quoted = QUOTED.matcher(String.join("\n", page()));
        while (quoted.find()) {
            Matcher matcher = CLASS_OR_MEMBER.matcher(quoted.group(1));
            if (matcher.lookingAt()) {
                named++;
                String source = sources.get(matcher.group(1));
                String member = matcher.group(2);
                if (source == null || (member != null && !source.contains(" " + member + "("))) {
                    missing.add(quoted.group());
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).isGreaterThan(100);
    }
}
