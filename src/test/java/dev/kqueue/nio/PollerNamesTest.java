package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Quirk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A thread dump says what the threads behind the waits of virtual threads do. */
@Timeout(60)
class PollerNamesTest {
    @TempDir Path folder;

    @Test
    void threadDumpNamesThePollers() throws Exception {
        Pipe pipe = new KQueueSelectorProvider().openPipe();
        try (Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            Blocked<Integer> reader = Blocked.in(Threads.VIRTUAL, () -> source.read(ByteBuffer.allocate(1)));
            Path dump = folder.resolve("dump");
            String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            String pid = Long.toString(ProcessHandle.current().pid());
            assertThat(
                            new ProcessBuilder(List.of(jcmd, pid, "Thread.dump_to_file", dump.toString()))
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .waitFor())
                    .isZero();
            sink.write(ByteBuffer.wrap(new byte[1]));
            assertThat(reader.result()).isOne();
            List<String> names =
                    Abi.HOST.has(Quirk.CANNOT_BE_NESTED)
                            ? List.of("kqueue-nio wait for a virtual thread")
                            : List.of("kqueue-nio virtual thread poller", "kqueue-nio virtual thread sub-poller");
            for (String name : names) {
                assertThat(Files.readString(dump)).containsPattern("(?m)^#\\d+ \"" + name);
            }
        }
    }
}
