package dev.kqueue.program;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Programs that know nothing of kqueue, each in a JVM of its own with the system property set. */
class UnmodifiedProgramsTest {
    private static final String PROVIDER = "provider dev.kqueue.nio.KQueueSelectorProvider";

    @Test
    void theJdksHttpServerAndClientRun() throws Exception {
        assertThat(ChildJvm.run(HttpProgram.class)).contains(PROVIDER, "served 400");
    }

    @Test
    void nettysNioTransportRuns() throws Exception {
        assertThat(ChildJvm.run(NettyProgram.class)).contains(PROVIDER, "echoed 20", "served 500");
    }
}
