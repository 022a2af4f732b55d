package dev.kqueue.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The map in the package's package-info names every class of the package. */
class PackageMapTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/kqueue/internal/linux");

    @Test
    void everyClassIsInTheMap() throws IOException {
        List<String> words = List.of(Files.readString(SOURCES.resolve("package-info.java")).split("\\W+"));
        try (Stream<Path> files = Files.list(SOURCES)) {
            assertThat(
                            files.map(file -> file.getFileName().toString().replace(".java", ""))
                                    .filter(name -> !name.equals("package-info")))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(words).contains(name));
        }
    }
}
