package dev.kqueue.internal.fd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.TestPipe;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.concurrent.FutureTask;

/** A description is not passed on while a call trusts that O_NONBLOCK stays set. */
@Timeout(60)
class TrustedFlagTest {
    private TestPipe pipe;
    private Descriptor descriptor;

    @BeforeEach
    void open() throws IOException {
        pipe = TestPipe.open();
        descriptor = new Descriptor(pipe.readEnd());
        assertThat(descriptor.hold()).isTrue();
    }

    @AfterEach
    void close() throws IOException {
        descriptor.release();
        descriptor.close();
        Unistd.close(pipe.writeEnd());
    }

    private void assertWaits(Runnable marking) throws Exception {
        assertThat(descriptor.beginTrust()).isTrue();
        FutureTask<Boolean> marked =
                Threads.PLATFORM.start(
                        () -> {
                            marking.run();
                            return true;
                        });
        while (!descriptor.isShared()) {
            Thread.onSpinWait();
        }
        Thread.sleep(20);
        assertThat(marked.isDone()).isFalse();
        descriptor.endTrust();
        assertThat(marked.get()).isTrue();
        assertThat(descriptor.beginTrust()).isFalse();
        assertThat(descriptor.holds()).isEqualTo(1);
    }

    @Test
    void markOfAChannelWaitsForTheCall() throws Exception {
        assertWaits(descriptor::markShared);
    }

    @Test
    void markOfANumberWaitsForTheCall() throws Exception {
        OwnedDescriptors.addTrusted(pipe.readEnd(), descriptor);
        assertWaits(() -> OwnedDescriptors.markShared(pipe.readEnd()));
    }

    @Test
    void numberThatIsTrustedNoMoreIsMarkedAtOnce() {
        OwnedDescriptors.addTrusted(pipe.readEnd(), descriptor);
        assertThat(descriptor.beginTrust()).isTrue();
        descriptor.endTrust();
        OwnedDescriptors.removeTrusted(pipe.readEnd());
        OwnedDescriptors.markShared(pipe.readEnd());
        assertThat(descriptor.beginTrust()).isFalse();
    }
}
