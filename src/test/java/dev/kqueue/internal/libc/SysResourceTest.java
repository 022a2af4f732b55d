package dev.kqueue.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.BufferedReader;

class SysResourceTest {
    @Test
    void limitOfDescriptorsIsTheShells() throws Exception {
        Process shell = new ProcessBuilder("/bin/sh", "-c", "ulimit -Hn").start();
        String hard;
        try (BufferedReader reader = shell.inputReader()) {
            hard = reader.readLine();
        }
        SysResource.Limit limit = SysResource.getrlimit(SysResource.RLIMIT_NOFILE);
        assertThat(limit.hard() < 0 || hard.equals("unlimited") || Long.toString(limit.hard()).equals(hard))
                .as("%s, and the shell says %s", limit, hard)
                .isTrue();
        assertThat(limit.soft()).isPositive();
    }

    @Test
    void resourceThatThereIsNotHasNoLimit() {
        assertThat(SysResource.getrlimit(12345)).isNull();
    }
}
