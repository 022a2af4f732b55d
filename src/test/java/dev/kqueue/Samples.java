package dev.kqueue;

import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.DirectoryEvent;
import dev.kqueue.nio.DirectoryKey;
import dev.kqueue.nio.EventChannel;
import dev.kqueue.nio.EventKey;
import dev.kqueue.nio.FdChannel;
import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.KQueueSelectorProvider;
import dev.kqueue.nio.KeyAction;
import dev.kqueue.nio.NoSuchProcessException;
import dev.kqueue.nio.PassedChannels;
import dev.kqueue.nio.PipedProcess;
import dev.kqueue.nio.ProcessEvent;
import dev.kqueue.nio.SendFile;
import dev.kqueue.nio.Signal;
import dev.kqueue.nio.VnodeEvent;
import dev.kqueue.nio.file.KQueueWatchService;

import java.lang.reflect.Executable;
import java.lang.reflect.Type;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Objects of the types that public methods are called on and with: open and usable, or {@linkplain #ended closed or
 * cancelled}. To be closed by {@link #closeAll}.
 */
final class Samples {
    private final Path folder;
    private final Opened opened = new Opened();
    private KQueueSelector selector;

    Samples(Path folder) {
        this.folder = folder;
    }

    private KQueueSelector selector() throws Exception {
        if (selector == null) {
            selector = opened.add(KQueueSelector.open());
        }
        return selector;
    }

    private Path file() throws Exception {
        return Files.writeString(folder.resolve("file"), "text");
    }

    private Process process() throws Exception {
        Process process = new ProcessBuilder("/bin/sh", "-c", "read line").start();
        opened.add(process::destroyForcibly);
        return process;
    }

    private Pipe pipe() throws Exception {
        Pipe pipe = KQueueSelectorProvider.instance().openPipe();
        opened.add(pipe.source());
        opened.add(pipe.sink());
        return pipe;
    }

    /** Two ends of a Unix-domain connection. */
    private List<SocketChannel> connected() throws Exception {
        Path name = folder.resolve("socket");
        Files.deleteIfExists(name);
        var listener =
                opened.add(KQueueSelectorProvider.instance().openServerSocketChannel(StandardProtocolFamily.UNIX));
        listener.bind(UnixDomainSocketAddress.of(name));
        SocketChannel client =
                opened.add(KQueueSelectorProvider.instance().openSocketChannel(StandardProtocolFamily.UNIX));
        client.connect(UnixDomainSocketAddress.of(name));
        return List.of(client, opened.add(listener.accept()));
    }

    private PassedChannels passed() throws Exception {
        List<SocketChannel> ends = connected();
        PassedChannels.send(ends.getFirst(), ByteBuffer.wrap(new byte[1]), pipe().source());
        return PassedChannels.receive(ends.getLast(), ByteBuffer.allocate(1));
    }

    /** One argument for each parameter. */
    Object[] arguments(Executable method) throws Exception {
        Type[] types = method.getGenericParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = argument(types[i]);
            if (arguments[i] instanceof Path
                    && method.getName().matches("watchDirectory|watchTree|register|watchable")) {
                arguments[i] = folder;
            }
        }
        return arguments;
    }

    private Object argument(Type type) throws Exception {
        String name = type.getTypeName();
        if (name.equals("java.util.Set<" + ProcessEvent.class.getName() + ">")) {
            return EnumSet.of(ProcessEvent.EXIT);
        }
        if (name.equals("java.util.Set<" + VnodeEvent.class.getName() + ">")) {
            return EnumSet.of(VnodeEvent.WRITE);
        }
        if (name.startsWith("java.util.function.Consumer<")) {
            return (Consumer<SelectionKey>) key -> {};
        }
        if (name.startsWith("java.util.List<")) {
            return List.of();
        }
        if (name.equals("java.nio.file.WatchEvent$Kind<?>[]")) {
            return new WatchEvent.Kind<?>[] {StandardWatchEventKinds.ENTRY_CREATE};
        }
        return of((Class<?>) type);
    }

    /** An object of the type, that can be used. */
    Object of(Class<?> type) throws Exception {
        if (type.isEnum()) {
            return type == Signal.class ? Signal.WINCH : type.getEnumConstants()[0];
        }
        if (SelectionKey.class.isAssignableFrom(type) || EventChannel.class.isAssignableFrom(type)) {
            return event(type);
        }
        return switch (type.getSimpleName()) {
            case "int" -> 1;
            case "long" -> 1L;
            case "boolean" -> true;
            case "String" -> "NOTE_WRITE";
            case "Object" -> "attachment";
            case "Path" -> file();
            case "Duration" -> Duration.ofDays(1);
            case "Instant" -> Instant.now().plusSeconds(86_400);
            case "TimeUnit" -> TimeUnit.NANOSECONDS;
            case "ByteBuffer" -> ByteBuffer.allocate(1);
            case "Process" -> process();
            case "ProcessHandle" -> process().toHandle();
            case "OpenOption[]" -> new OpenOption[0];
            case "ProcessBuilder" -> new ProcessBuilder("/bin/true");
            case "ProtocolFamily" -> (ProtocolFamily) StandardProtocolFamily.INET;
            case "SocketAddress" -> (SocketAddress) UnixDomainSocketAddress.of(folder.resolve("absent"));
            case "KEvent" -> KEvent.timer(1, KEvent.EV_ADD, Duration.ofDays(1), null);
            case "KEvent[]" -> new KEvent[0];
            case "int[]" -> new int[] {0};
            case "Channel[]" -> new Channel[] {pipe().source()};
            case "FileVisitOption[]" -> new FileVisitOption[0];
            case "Modifier[]" -> new WatchEvent.Modifier[0];
            case "Channel" -> pipe().source();
            case "SocketChannel" -> connected().getFirst();
            case "DatagramChannel" ->
                    opened.add(KQueueSelectorProvider.instance().openDatagramChannel(StandardProtocolFamily.UNIX));
            case "KEventList" -> KEventList.allocate(4).add(0, 0, 0, 0, 0, 0);
            case "KQueue" -> opened.add(KQueue.open());
            case "KEventQueue" -> opened.add(KEventQueue.open());
            case "KQueueStatistics" -> opened.add(KQueue.open()).statistics();
            case "SelectorStatistics" -> selector().statistics();
            case "WatchedFile" -> opened.add(WatchedFile.open(file()));
            case "KQueueSelector" -> selector();
            case "KQueueSelectorProvider" -> KQueueSelectorProvider.instance();
            case "KeyAction" -> (KeyAction) key -> {};
            case "SendFile" -> opened.add(SendFile.open(file()));
            case "FdChannel" -> opened.add(FdChannel.adopt(descriptor()));
            case "PassedChannels" -> opened.add(passed());
            case "PipedProcess" -> piped();
            case "KQueueWatchService" -> opened.add(KQueueWatchService.open());
            case "NoSuchProcessException" -> noSuchProcess();
            case "KEventException" -> eventException();
            case "Failure" -> eventException().failures().getFirst();
            case "DirectoryEvent" -> overflowOrCreation();
            default -> throw new AssertionError("no sample of " + type);
        };
    }

    /** A value of the type that hardly any method takes; null of a type that has none. */
    static Object wrong(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "int" -> -1;
            case "long" -> -1L;
            case "Path" -> Path.of("/absent/file");
            case "Duration" -> Duration.ofDays(-1);
            case "Set" -> Set.of();
            case "List" -> List.of();
            case "ByteBuffer" -> ByteBuffer.allocate(0);
            case "Channel[]" -> new Channel[0];
            case "int[]" -> new int[] {-1};
            case "Kind[]" -> new WatchEvent.Kind<?>[0];
            default -> null;
        };
    }

    private int descriptor() throws Exception {
        try (WatchedFile file = WatchedFile.open(file())) {
            return Unistd.dup(file.descriptor());
        }
    }

    private PipedProcess piped() throws Exception {
        PipedProcess process = PipedProcess.start(new ProcessBuilder("/bin/true"));
        opened.add(process.input().orElseThrow());
        opened.add(process.output().orElseThrow());
        opened.add(process.error().orElseThrow());
        return process;
    }

    private static NoSuchProcessException noSuchProcess() throws Exception {
        Process ended = new ProcessBuilder("/bin/true").start();
        ended.waitFor();
        try (KQueueSelector selector = KQueueSelector.open()) {
            selector.watchProcess(ended.toHandle());
            throw new AssertionError(ended);
        } catch (NoSuchProcessException expected) {
            return expected;
        }
    }

    private static KEventException eventException() throws Exception {
        try (KEventQueue queue = KEventQueue.open()) {
            queue.apply(KEvent.timer(1, KEvent.EV_DELETE, Duration.ofDays(1), null));
            throw new AssertionError(queue);
        } catch (KEventException expected) {
            return expected;
        }
    }

    private DirectoryEvent overflowOrCreation() throws Exception {
        DirectoryKey key = selector().watchDirectory(folder);
        Files.createTempFile(folder, "new", null);
        while (key.events().isEmpty()) {
            selector().select();
        }
        return key.events().getFirst();
    }

    /** A key that nothing has happened to, or its channel. */
    private Object event(Class<?> type) throws Exception {
        KQueueSelector to = selector();
        String kind = type.getSimpleName().replaceFirst("(Key|Channel)$", "");
        EventKey key =
                switch (kind) {
                    case "Path" -> to.watchPath(file());
                    case "Vnode" -> to.watchFile(file(), EnumSet.of(VnodeEvent.WRITE));
                    case "Directory" -> to.watchDirectory(folder);
                    case "Process" -> to.watchProcess(process());
                    case "Signal" -> to.watchSignal(Signal.WINCH);
                    case "User", "Event", "Selection" -> to.addUserEvent();
                    case "Timer" -> to.schedule(Duration.ofDays(1));
                    case "KEvent" -> to.watch(KEvent.timer(1, 0, Duration.ofDays(1), null));
                    default -> throw new AssertionError("no sample of " + type);
                };
        return EventChannel.class.isAssignableFrom(type) || type == AbstractSelectableChannel.class
                ? key.channel()
                : key;
    }

    /** The same, closed or cancelled; null of a type of which there is no such thing. */
    Object ended(Class<?> type) throws Exception {
        boolean ends =
                SelectionKey.class.isAssignableFrom(type)
                        || (AutoCloseable.class.isAssignableFrom(type) && type != AutoCloseable.class);
        if (!ends) {
            return null;
        }
        Object object = of(type);
        if (object instanceof SelectionKey key) {
            key.cancel();
            selector().selectNow();
        } else {
            ((AutoCloseable) object).close();
        }
        return object;
    }

    /** Closes all that was made. */
    void closeAll() throws Exception {
        opened.close();
    }
}
