package dev.kqueue;

import org.junit.jupiter.api.AfterEach;

/** EVFILT_PROC of a process that each test starts for itself. */
abstract class ProcFilterContract extends FilterContract {
    /** Started by the heir before each test. */
    protected Process process;

    @AfterEach
    void end() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    protected Filter filter() {
        return Filter.PROC;
    }

    @Override
    protected long ident() {
        return process.pid();
    }
}
