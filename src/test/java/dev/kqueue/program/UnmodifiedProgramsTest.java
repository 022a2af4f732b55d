package dev.kqueue.program;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Programs that know nothing of kqueue, each in a JVM of its own with the system property set. */
class UnmodifiedProgramsTest {
    private static final String PROVIDER = "provider dev.kqueue.nio.KQueueSelectorProvider";

    @Test
    void theJdksHttpServerAndClientRun() throws Exception {
        assertThat(OnProvider.run(HttpProgram.class)).contains(PROVIDER, "served 400");
    }

    @Test
    void nettysNioTransportRuns() throws Exception {
        assertThat(OnProvider.run(NettyProgram.class)).contains(PROVIDER, "echoed 20", "served 500");
    }

    @Test
    void aProgramThatRunsOutOfDescriptorsIsToldSoAndGoesOn() throws Exception {
        List<String> limited = List.of("sh", "-c", "ulimit -n 200 && exec \"$@\"", "sh");
        assertThat(OnProvider.runUnder(limited, DescriptorLimitProgram.class).lines())
                .filteredOn(line -> line.contains(": "))
                .hasSize(5)
                .allMatch(line -> line.endsWith(": Too many open files"));
        assertThat(OnProvider.runUnder(limited, DescriptorLimitProgram.class)).contains("accepted afterwards true");
    }
}
