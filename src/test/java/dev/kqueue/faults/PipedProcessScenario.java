package dev.kqueue.faults;

import dev.kqueue.nio.PipedProcess;

import java.nio.ByteBuffer;
import java.nio.channels.Pipe;

/** A child process whose streams are channels, read and written by a thread that waits. */
final class PipedProcessScenario extends Scenario {
    @Override
    void open() {}

    @Override
    void act() throws Exception {
        PipedProcess child = PipedProcess.start(new ProcessBuilder("/bin/cat"));
        own(() -> child.process().destroyForcibly().waitFor());
        Pipe.SinkChannel input = own(child.input().orElseThrow());
        Pipe.SourceChannel output = own(child.output().orElseThrow());
        own(child.error().orElseThrow());
        input.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        input.close();
        ByteBuffer bytes = ByteBuffer.allocate(10);
        while (output.read(bytes) >= 0) {
            // until the child has ended
        }
        expect(bytes.position() == 3 && bytes.get(2) == 3, "read something else");
        expect(child.process().waitFor() == 0, "the child has failed");
    }

    @Override
    void after() throws Exception {
        act();
    }
}
