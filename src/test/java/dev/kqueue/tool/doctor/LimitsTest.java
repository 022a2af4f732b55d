package dev.kqueue.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;

class LimitsTest {
    @Test
    void limitsOfTheSystemAreWhole() throws Exception {
        Path file = Path.of("/proc/sys/fs/nr_open");
        assumeTrue(Files.isReadable(file), "there is no " + file);
        Process cat = new ProcessBuilder("cat", file.toString()).start();
        String value = cat.inputReader().readLine();
        assertThat(cat.waitFor()).isZero();
        assertThat(Limits.all()).containsEntry("fs.nr_open", value);
    }

    @Test
    void limitOfDescriptorsIsAmongThem() {
        assertThat(Limits.all()).containsKey("RLIMIT_NOFILE");
    }
}
