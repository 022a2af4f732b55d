package dev.kqueue.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ChildJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Once the first channel of streams, or of datagrams, has been made, its I/O initializes no class of ours that could
 * fail to be: an OutOfMemoryError in an initializer would lose the class for the life of the process, and with it all
 * reads, say.
 */
@EnabledOnOs(OS.LINUX)
final class ChannelStartupTest {
    /** A class with an initializer: the JVM logs of the others that they have "no method". */
    private static final Pattern INITIALIZED = Pattern.compile("Initializing '(dev/kqueue/[^']*)' ");

    /**
     * Shapes of calls and filters see to it themselves, and socket domains are initialized to open a channel, not by
     * its I/O.
     */
    private static final List<String> NOT_OF_IO =
            List.of(
                    "dev/kqueue/program/",
                    "dev/kqueue/internal/libc/Shapes$",
                    "dev/kqueue/internal/linux/ReadWriteFilter",
                    "dev/kqueue/internal/linux/FileProbe",
                    "dev/kqueue/internal/socket/");

    @Test
    void ioInitializesNoClassAfterTheFirstChannel() throws Exception {
        String log =
                new ChildJvm()
                        .run(
                                "-Xlog:class+init=info",
                                "-Djava.nio.channels.spi.SelectorProvider=dev.kqueue.nio.KQueueSelectorProvider",
                                ChannelUses.class.getName());
        int made = log.indexOf(ChannelUses.MADE);
        List<String> before = initialized(log.substring(0, made));
        List<String> after = initialized(log.substring(made));
        assertThat(before).contains("dev/kqueue/internal/io/Scratch", "dev/kqueue/internal/park/BlockingWait");
        assertThat(after).isEmpty();
    }

    private static List<String> initialized(String log) {
        return INITIALIZED
                .matcher(log)
                .results()
                .map(match -> match.group(1))
                .filter(name -> NOT_OF_IO.stream().noneMatch(name::startsWith))
                .toList();
    }
}
