package dev.kqueue.internal.abi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the golden files anew, for a change of the tables that is meant; the folder is the argument. */
final class GoldenFiles {
    private GoldenFiles() {}

    static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        for (Systems system : Systems.all().toList()) {
            Path file = folder.resolve(Path.of(system.golden()).getFileName().toString());
            Files.write(file, TablesAgreeTest.dump(system.abi()));
        }
    }
}
