package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;

@RequiresAbility(Ability.HOST_DESCRIPTORS)
@Timeout(60)
class PipedProcessTest {
    private static ProcessBuilder shell(String script) {
        return new ProcessBuilder("/bin/sh", "-c", script);
    }

    private static String readAll(Pipe.SourceChannel channel) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(10_000);
        while (channel.read(buffer.clear()) >= 0) {
            text.append(US_ASCII.decode(buffer.flip()));
        }
        channel.close();
        return text.toString();
    }

    @Test
    void streamsAreChannels() throws Exception {
        PipedProcess child = PipedProcess.start(shell("read line; echo \"out $line\"; echo \"err $line\" >&2; exit 3"));
        try (Pipe.SinkChannel input = child.input().orElseThrow()) {
            input.write(ByteBuffer.wrap("hello\n".getBytes(US_ASCII)));
        }
        assertThat(readAll(child.output().orElseThrow())).isEqualTo("out hello\n");
        assertThat(readAll(child.error().orElseThrow())).isEqualTo("err hello\n");
        assertThat(child.process().waitFor()).isEqualTo(3);
    }

    @Test
    void selectorServesAllStreamsInOneThread() throws Exception {
        PipedProcess child = PipedProcess.start(shell("cat; echo done >&2"));
        int size = 1_000_000;
        int written = 0;
        int read = 0;
        StringBuilder errors = new StringBuilder();
        Pipe.SinkChannel input = child.input().orElseThrow();
        Pipe.SourceChannel output = child.output().orElseThrow();
        Pipe.SourceChannel error = child.error().orElseThrow();
        try (Selector selector = KQueueSelectorProvider.instance().openSelector()) {
            input.configureBlocking(false).register(selector, SelectionKey.OP_WRITE);
            output.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            error.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            ByteBuffer buffer = ByteBuffer.allocateDirect(30_000);
            while (!selector.keys().isEmpty()) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.channel().equals(input)) {
                        written += input.write(buffer.clear().limit(Math.min(30_000, size - written)));
                        if (written == size) {
                            input.close();
                        }
                    } else if (key.channel().equals(output)) {
                        int n = output.read(buffer.clear());
                        read += Math.max(n, 0);
                        if (n < 0) {
                            output.close();
                        }
                    } else if (error.read(buffer.clear()) < 0) {
                        error.close();
                    } else {
                        errors.append(US_ASCII.decode(buffer.flip()));
                    }
                }
                selector.selectedKeys().clear();
                selector.selectNow();
            }
        }
        assertThat(read).isEqualTo(size);
        assertThat(errors.toString()).isEqualTo("done\n");
        assertThat(child.process().waitFor()).isZero();
    }

    @Test
    void childFindsBlockingStreams() throws Exception {
        // Had it O_NONBLOCK, cat would fail at the first read, long before there is something to read.
        PipedProcess child = PipedProcess.start(shell("cat && echo good"));
        FutureTask<String> output = Threads.VIRTUAL.start(() -> readAll(child.output().orElseThrow()));
        Thread.sleep(50);
        child.input().orElseThrow().write(ByteBuffer.wrap("late ".getBytes(US_ASCII)));
        child.input().orElseThrow().close();
        assertThat(output.get()).isEqualTo("late good\n");
        child.error().orElseThrow().close();
    }

    @Test
    void whatTheBuilderRedirectsIsLeftAlone() throws Exception {
        ProcessBuilder builder = shell("echo out; echo err >&2").redirectErrorStream(true);
        builder.redirectInput(Redirect.from(new File("/dev/null")));
        PipedProcess child = PipedProcess.start(builder);
        assertThat(child.input()).isEmpty();
        assertThat(child.error()).isEmpty();
        assertThat(readAll(child.output().orElseThrow())).isEqualTo("out\nerr\n");
        assertThat(builder.redirectOutput()).isEqualTo(Redirect.PIPE);
        assertThat(builder.redirectInput().file()).hasName("null");
        assertThat(child.process().waitFor()).isZero();
    }

    /** A builder as a constant: starting processes of it must not change it, not even for a moment. */
    @Test
    void threadsShareABuilder() throws Exception {
        ProcessBuilder builder = shell("echo \"$SHARED\"; pwd");
        builder.environment().put("SHARED", "value");
        builder.environment().remove("HOME");
        builder.directory(new File("/"));
        List<FutureTask<String>> outputs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            outputs.add(
                    Threads.PLATFORM.start(
                            () -> {
                                PipedProcess child = PipedProcess.start(builder);
                                child.input().orElseThrow().close();
                                child.error().orElseThrow().close();
                                return readAll(child.output().orElseThrow());
                            }));
        }
        for (FutureTask<String> output : outputs) {
            assertThat(output.get()).isEqualTo("value\n/\n");
        }
        assertThat(builder.redirectInput()).isEqualTo(Redirect.PIPE);
        assertThat(builder.redirectOutput()).isEqualTo(Redirect.PIPE);
        assertThat(builder.redirectError()).isEqualTo(Redirect.PIPE);
    }

    @Test
    void environmentIsTheBuilders() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/usr/bin/env");
        String removed = builder.environment().keySet().stream().sorted().findFirst().orElseThrow();
        builder.environment().remove(removed);
        builder.environment().put("KQUEUE_ADDED", "1");
        Map<String, String> before = new HashMap<>(builder.environment());

        PipedProcess child = PipedProcess.start(builder);
        child.input().orElseThrow().close();
        child.error().orElseThrow().close();
        List<String> lines = readAll(child.output().orElseThrow()).lines().toList();

        assertThat(lines).contains("KQUEUE_ADDED=1").noneMatch(line -> line.startsWith(removed + "="));
        assertThat(lines.size()).isGreaterThanOrEqualTo(before.size());
        assertThat(builder.environment()).isEqualTo(before);
    }

    @Test
    void closeClosesEveryChannelAndLeavesTheProcess() throws Exception {
        PipedProcess child = PipedProcess.start(shell("cat >/dev/null; exit 5"));
        try (child) {
            assertThat(child.process().isAlive()).isTrue();
        }
        assertThat(child.input().orElseThrow().isOpen()).isFalse();
        assertThat(child.output().orElseThrow().isOpen()).isFalse();
        assertThat(child.error().orElseThrow().isOpen()).isFalse();
        assertThat(child.process().waitFor()).as("it has read the end of its input").isEqualTo(5);
        child.close();
    }

    // ---- pipelines

    @Test
    void pipelinePassesTheOutputOfEachToTheNext() throws Exception {
        List<PipedProcess> pipeline =
                PipedProcess.startPipeline(
                        List.of(
                                shell("sed s/a/b/; echo first >&2"),
                                shell("sed s/b/c/; exit 2").redirectErrorStream(true),
                                shell("sed s/c/d/; echo third >&2; exit 3")));
        try (Pipe.SinkChannel input = pipeline.getFirst().input().orElseThrow()) {
            input.write(ByteBuffer.wrap("a\nx\n".getBytes(US_ASCII)));
        }
        assertThat(readAll(pipeline.getLast().output().orElseThrow())).isEqualTo("d\nx\n");
        assertThat(readAll(pipeline.getFirst().error().orElseThrow())).isEqualTo("first\n");
        assertThat(readAll(pipeline.getLast().error().orElseThrow())).isEqualTo("third\n");
        assertThat(pipeline.get(0).output()).isEmpty();
        assertThat(pipeline.get(1).input()).isEmpty();
        assertThat(pipeline.get(1).output()).isEmpty();
        assertThat(pipeline.get(1).error()).isEmpty();
        assertThat(pipeline.get(2).input()).isEmpty();
        for (int i = 0; i < 3; i++) {
            assertThat(pipeline.get(i).process().waitFor()).isEqualTo(i == 0 ? 0 : i + 1);
        }
    }

    @Test
    void pipelineEndsWhenItsReaderDoes() throws Exception {
        List<PipedProcess> pipeline =
                PipedProcess.startPipeline(List.of(new ProcessBuilder("yes"), new ProcessBuilder("head", "-n", "2")));
        assertThat(readAll(pipeline.getLast().output().orElseThrow())).isEqualTo("y\ny\n");
        assertThat(pipeline.getLast().process().waitFor()).isZero();
        assertThat(pipeline.getFirst().process().waitFor()).as("by SIGPIPE, or told of EPIPE").isNotZero();
        for (PipedProcess each : pipeline) {
            each.close();
        }
    }

    @Test
    void pipelineThatCannotBeStartedLeavesNothing() throws Exception {
        List<ProcessBuilder> builders =
                List.of(shell("exec sleep 1000"), new ProcessBuilder("/nonexistent/program"), shell("cat"));
        assertThatThrownBy(() -> PipedProcess.startPipeline(builders)).isInstanceOf(IOException.class);
        long before = OpenDescriptors.count();
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> PipedProcess.startPipeline(builders)).isInstanceOf(IOException.class);
        }
        assertThat(OpenDescriptors.count()).isEqualTo(before);
        // Those that had been started end.
        ProcessHandle.current()
                .children()
                .filter(child -> List.of(child.info().arguments().orElse(new String[0])).contains("1000"))
                .forEach(child -> child.onExit().join());
    }

    @Test
    void pipelineHasRedirectsAtItsEndsOnly() throws Exception {
        ProcessBuilder redirected = shell("cat").redirectInput(new File("/dev/null"));
        assertThatThrownBy(() -> PipedProcess.startPipeline(List.of(shell("cat"), redirected)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("input of all builders but the first");
        ProcessBuilder discarding = shell("cat").redirectOutput(Redirect.DISCARD);
        assertThatThrownBy(() -> PipedProcess.startPipeline(List.of(discarding, shell("cat"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("output of all builders but the last");
        List<PipedProcess> pipeline = PipedProcess.startPipeline(List.of(redirected, discarding));
        assertThat(pipeline.getFirst().input()).isEmpty();
        assertThat(pipeline.getLast().output()).isEmpty();
        for (PipedProcess each : pipeline) {
            assertThat(each.process().waitFor()).isZero();
            each.close();
        }
        assertThat(PipedProcess.startPipeline(List.of())).isEmpty();
    }

    @Test
    void programThatIsNotThereLeaksNothing() throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/nonexistent/program");
        assertThatThrownBy(() -> PipedProcess.start(builder)).isInstanceOf(IOException.class);
        long before = OpenDescriptors.count();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> PipedProcess.start(builder)).isInstanceOf(IOException.class);
        }
        assertThat(OpenDescriptors.count()).isEqualTo(before);
        assertThat(builder.redirectInput()).isEqualTo(Redirect.PIPE);
    }
}
