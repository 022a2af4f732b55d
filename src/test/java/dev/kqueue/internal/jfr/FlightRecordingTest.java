package dev.kqueue.internal.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.nio.KQueueSelectorProvider;
import dev.kqueue.nio.parity.JdkProvider;

import jdk.jfr.AnnotationElement;
import jdk.jfr.Configuration;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The events as a recording has them. */
@Timeout(120)
class FlightRecordingTest {
    private static final SelectorProvider PROVIDER = new KQueueSelectorProvider();

    private static Map<String, String> fields(String event) {
        EventType type =
                FlightRecorder.getFlightRecorder().getEventTypes().stream()
                        .filter(each -> each.getName().equals(event))
                        .findAny()
                        .orElseThrow();
        return type.getFields().stream()
                .collect(
                        Collectors.toMap(
                                ValueDescriptor::getName,
                                field -> field.getTypeName() + annotations(field),
                                (first, second) -> first,
                                TreeMap::new));
    }

    /** Its unit, and what else the tools show. */
    private static List<String> annotations(ValueDescriptor field) {
        return field.getAnnotationElements().stream()
                .filter(element -> !element.getTypeName().equals("jdk.jfr.Description"))
                .map(FlightRecordingTest::annotation)
                .sorted()
                .toList();
    }

    private static String annotation(AnnotationElement element) {
        return element.getTypeName() + element.getValues();
    }

    @BeforeAll
    static void load() throws Exception {
        // Events are known to the recorder once their classes are loaded.
        for (Class<?> event : List.of(SocketRead.class, SocketWrite.class, SelectorTurn.class)) {
            Class.forName(event.getName());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SocketRead", "SocketWrite"})
    void haveTheFieldsAndLimitsOfTheJdks(String event) throws Exception {
        assertThat(fields("dev.kqueue." + event)).isEqualTo(fields("jdk." + event));
        Map<String, String> profile = Configuration.getConfiguration("default").getSettings();
        EventType type = EventType.getEventType(event.equals("SocketRead") ? SocketRead.class : SocketWrite.class);
        for (String setting : List.of("enabled", "threshold", "throttle", "stackTrace")) {
            assertThat(
                            type.getSettingDescriptors().stream()
                                    .filter(each -> each.getName().equals(setting))
                                    .map(jdk.jfr.SettingDescriptor::getDefaultValue))
                    .as(setting)
                    .containsExactly(profile.get("jdk." + event + "#" + setting));
        }
    }

    @Test
    void tellTheSameAsTheJdks() throws Exception {
        assertThat(RecordedConversation.lines(PROVIDER, "dev.kqueue."))
                .hasSize(10)
                .isEqualTo(JdkProvider.lines(RecordedConversation.class));
    }

    @Test
    void readOfASocketTellsItsTimeLimit() throws Exception {
        try (ServerSocketChannel server = PROVIDER.openServerSocketChannel()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketAddress address = server.getLocalAddress();
            List<RecordedEvent> events =
                    RecordedConversation.events(
                            "dev.kqueue.SocketRead",
                            () -> {
                                try (SocketChannel client = PROVIDER.openSocketChannel()) {
                                    client.connect(address);
                                    try (SocketChannel accepted = server.accept();
                                            Socket socket = accepted.socket()) {
                                        socket.setSoTimeout(60_000);
                                        OutputStream out = client.socket().getOutputStream();
                                        out.write(7);
                                        InputStream in = socket.getInputStream();
                                        assertThat(in.read()).isEqualTo(7);
                                    }
                                }
                            });
            assertThat(events).hasSize(1);
            assertThat(events.getFirst().getDuration("timeout")).isEqualTo(Duration.ofMinutes(1));
            assertThat(events.getFirst().getLong("bytesRead")).isOne();
        }
    }

    @Test
    void selectTellsOfTheTimeBetweenTwoWaits() throws Exception {
        try (Selector selector = PROVIDER.openSelector()) {
            List<RecordedEvent> events =
                    RecordedConversation.events(
                            "dev.kqueue.Select",
                            () -> {
                                selector.wakeup().select();
                                // What a program does with what is ready.
                                Thread.sleep(Duration.ofMillis(30));
                                selector.selectNow();
                            });
            assertThat(events).hasSize(1);
            assertThat(events.getFirst().getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(30));
            assertThat(events.getFirst().getThread().getJavaName()).isEqualTo(Thread.currentThread().getName());
            assertThat(events.getFirst().getInt("selector")).isEqualTo(System.identityHashCode(selector));
        }
    }
}
