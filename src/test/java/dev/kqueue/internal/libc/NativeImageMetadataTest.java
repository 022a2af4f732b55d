package dev.kqueue.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The metadata for GraalVM's native-image has the downcalls that are linked, and names what is reached by reflection. A
 * failure prints what the file is to be.
 */
class NativeImageMetadataTest {
    private static final Path FILE = Path.of("META-INF/native-image/dev.kqueue/kqueue-nio/reachability-metadata.json");

    /** What the JDK's selector provider and this project's handlers of signals look up by name. */
    private static final String REFLECTION =
            """
            {
              "reflection": [
                {
                  "type": "dev.kqueue.nio.KQueueSelectorProvider",
                  "methods": [{"name": "<init>", "parameterTypes": []}]
                },
                {
                  "type": "dev.kqueue.tool.Main",
                  "methods": [{"name": "main", "parameterTypes": ["java.lang.String[]"]}]
                },
                {
                  "type": "sun.misc.Signal",
                  "methods": [
                    {"name": "<init>", "parameterTypes": ["java.lang.String"]},
                    {"name": "handle", "parameterTypes": ["sun.misc.Signal", "sun.misc.SignalHandler"]}
                  ]
                },
                {
                  "type": "sun.misc.SignalHandler",
                  "methods": [{"name": "handle", "parameterTypes": ["sun.misc.Signal"]}],
                  "fields": [{"name": "SIG_DFL"}, {"name": "SIG_IGN"}]
                },
                {"type": {"proxy": ["sun.misc.SignalHandler", "java.util.function.BiConsumer"]}},
                {"type": "jdk.net.ExtendedSocketOptions"}
              ],
              "foreign": {
                "downcalls": [
            """;

    private static final String END =
            """
                ]
              }
            }
            """;

    @Test
    void downcallsAreThoseThatAreLinked() throws Exception {
        Set<String> downcalls = new LinkedHashSet<>();
        for (int shape = 0; shape < Shapes.COUNT; shape++) {
            downcalls.add(downcall(Shapes.descriptor(shape), Shapes.options(shape)));
        }
        String expected = REFLECTION + String.join(",\n", downcalls) + "\n" + END;
        assertThat(FILE).content().isEqualTo(expected);
    }

    private static String downcall(FunctionDescriptor descriptor, Linker.Option[] options) {
        String parameters =
                descriptor.argumentLayouts().stream()
                        .map(layout -> "\"" + type(layout) + "\"")
                        .collect(Collectors.joining(", "));
        return """
              {
                "returnType": "%s",
                "parameterTypes": [%s],
                "options": {%s}
              }\
        """
                .formatted(type(descriptor.returnLayout().orElseThrow()), parameters, options(options))
                .indent(0)
                .stripTrailing();
    }

    private static String type(MemoryLayout layout) {
        if (layout.equals(ValueLayout.JAVA_LONG)) {
            return "jlong";
        }
        assertThat(layout).isInstanceOf(AddressLayout.class);
        return "void*";
    }

    private static String options(Linker.Option[] options) {
        return Arrays.stream(options).map(NativeImageMetadataTest::option).collect(Collectors.joining(", "));
    }

    private static String option(Linker.Option option) {
        Map<Linker.Option, String> known =
                Map.of(
                        Linker.Option.captureCallState("errno"), "\"captureCallState\": true",
                        Linker.Option.critical(true), "\"critical\": {\"allowHeapAccess\": true}",
                        Linker.Option.critical(false), "\"critical\": {\"allowHeapAccess\": false}",
                        Linker.Option.firstVariadicArg(2), "\"firstVariadicArg\": 2");
        assertThat(known).containsKey(option);
        return known.get(option);
    }

    @Test
    void whatIsReachedByNameIsThere() throws Exception {
        Matcher types = Pattern.compile("\"type\": \"([\\w.]+)\"").matcher(Files.readString(FILE));
        int count = 0;
        while (types.find()) {
            assertThat(Class.forName(types.group(1))).isNotNull();
            count++;
        }
        assertThat(count).isEqualTo(5);
    }
}
