package dev.kqueue.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.Utf8Entry;
import java.util.ArrayList;
import java.util.List;

/** Filters, and what watches for them, know their kqueue by {@link FilterHost} alone. */
class FilterHostTest {
    private static final String WHOLE_KQUEUE =
            "dev/kqueue/internal/linux/(Core|LinuxKQueue|Changes|Scan|Fetch|Recovery)";

    /** The texts of a class file in which one of the kqueue's own classes is named. */
    private static List<String> naming(Class<?> type) throws IOException {
        List<String> found = new ArrayList<>();
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            for (var entry : ClassFile.of().parse(in.readAllBytes()).constantPool()) {
                if (entry instanceof Utf8Entry text
                        && text.stringValue().matches("(.*\\W)?" + WHOLE_KQUEUE + "(\\W.*)?")) {
                    found.add(text.stringValue());
                }
            }
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                ReadFilter.class,
                WriteFilter.class,
                ReadWriteFilter.class,
                VnodeFilter.class,
                Inotify.class,
                WatchTable.class,
                InodeWatch.class,
                FileLook.class,
                ProcFilter.class,
                ChildReport.class,
                ProcConnector.class,
                SignalFilter.class,
                TimerFilter.class,
                TimerQueue.class,
                UserFilter.class,
                Knote.class,
                ListedKnote.class
            })
    void filterKnowsNothingElseOfTheKQueue(Class<?> type) throws IOException {
        assertThat(naming(type)).isEmpty();
    }

    @Test
    void theSearchFindsAReference() throws IOException {
        assertThat(naming(DescriptorRegistration.class)).isNotEmpty();
    }
}
