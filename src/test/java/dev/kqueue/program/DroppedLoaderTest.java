package dev.kqueue.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ChildJvm;
import dev.kqueue.KEvent;
import dev.kqueue.KEventQueue;
import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.KQueueSelectorProvider;
import dev.kqueue.nio.ProcessEvent;
import dev.kqueue.nio.Signal;
import dev.kqueue.nio.VnodeEvent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * Classes in a class loader of their own, as a web application has them, which is dropped when all is closed: the
 * loader is collected, and no thread and no descriptor is left.
 */
class DroppedLoaderTest {
    private static final int LOADERS = 3;

    /** What an application does; in the class loader that is dropped. */
    static final class Application implements Callable<Void> {
        @Override
        public Void call() throws Exception {
            // Also on a thread that lives on.
            use();
            FutureTask<Void> platform = new FutureTask<>(Application::use);
            Thread.ofPlatform().start(platform);
            platform.get();
            FutureTask<Void> virtual = new FutureTask<>(Application::use);
            Thread.ofVirtual().start(virtual);
            virtual.get();
            return null;
        }

        private static Void use() throws Exception {
            KQueueSelectorProvider provider = new KQueueSelectorProvider();
            blocking(provider);
            ended(provider);
            datagrams(provider);
            select(provider);
            try (KEventQueue queue = KEventQueue.open()) {
                queue.apply(KEvent.timer(1, KEvent.EV_ADD, 0, new Object()).withData(1));
                queue.await(1);
            }
            return null;
        }

        private static void blocking(KQueueSelectorProvider provider) throws Exception {
            Pipe pipe = provider.openPipe();
            try (ServerSocketChannel listener = provider.openServerSocketChannel();
                    SocketChannel client = provider.openSocketChannel();
                    Pipe.SourceChannel source = pipe.source();
                    Pipe.SinkChannel sink = pipe.sink()) {
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                client.connect(listener.getLocalAddress());
                try (SocketChannel server = listener.accept()) {
                    later(() -> client.write(ByteBuffer.allocate(1)));
                    server.read(ByteBuffer.allocate(1));
                    later(() -> sink.write(ByteBuffer.allocate(1)));
                    source.read(ByteBuffer.allocate(1));
                }
            }
        }

        /** A wait that close ends. */
        private static void ended(KQueueSelectorProvider provider) throws Exception {
            try (ServerSocketChannel listener = provider.openServerSocketChannel();
                    SocketChannel client = provider.openSocketChannel()) {
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                client.connect(listener.getLocalAddress());
                Thread closer = Thread.ofPlatform().start(() -> closeSoon(client));
                try {
                    client.read(ByteBuffer.allocate(1));
                    throw new AssertionError("nothing was sent");
                } catch (AsynchronousCloseException expected) {
                    closer.join();
                }
            }
        }

        private static void closeSoon(SocketChannel channel) {
            try {
                Thread.sleep(20);
                channel.close();
            } catch (IOException | InterruptedException failure) {
                throw new AssertionError(failure);
            }
        }

        private static void later(Callable<Integer> write) {
            Thread.ofVirtual()
                    .start(
                            new FutureTask<>(
                                    () -> {
                                        Thread.sleep(20);
                                        return write.call();
                                    }));
        }

        private static void datagrams(KQueueSelectorProvider provider) throws IOException {
            try (DatagramChannel channel = provider.openDatagramChannel()) {
                channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketAddress self = channel.getLocalAddress();
                channel.send(ByteBuffer.allocate(1), self);
                channel.receive(ByteBuffer.allocate(1));
            }
        }

        private static void select(KQueueSelectorProvider provider) throws Exception {
            Pipe pipe = provider.openPipe();
            try (KQueueSelector selector = KQueueSelector.open();
                    Pipe.SourceChannel source = pipe.source();
                    Pipe.SinkChannel sink = pipe.sink()) {
                source.configureBlocking(false);
                source.register(selector, SelectionKey.OP_READ);
                selector.watchFile(Path.of("."), EnumSet.of(VnodeEvent.WRITE));
                selector.watchProcess(ProcessHandle.current(), EnumSet.of(ProcessEvent.EXIT));
                selector.watchSignal(Signal.of("SIGWINCH"));
                selector.addUserEvent().trigger();
                selector.selectNow();
                selector.schedule(Duration.ofMillis(1));
                sink.write(ByteBuffer.allocate(1));
                selector.select();
                selector.select(10);
            }
        }
    }

    /** In the application class loader, which knows the class path alone. */
    static final class Container {
        private Container() {}

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        public static void main(String[] arguments) throws Exception {
            deploy();
            List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
            settle(loaders, null);
            Set<String> threads = threads();
            long descriptors = descriptors();
            for (int i = 0; i < LOADERS; i++) {
                loaders.add(deploy());
            }
            Set<String> left = settle(loaders, threads);
            System.out.println("loaders " + loaders.stream().filter(loader -> loader.get() != null).count());
            System.out.println("threads " + left);
            System.out.println("descriptors " + Math.max(0, descriptors() - descriptors));
        }

        private static WeakReference<ClassLoader> deploy() throws Exception {
            String[] path = System.getProperty("java.class.path").split(File.pathSeparator);
            URL[] urls = new URL[path.length];
            for (int i = 0; i < path.length; i++) {
                urls[i] = Path.of(path[i]).toUri().toURL();
            }
            try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
                Class<?> application = loader.loadClass(Application.class.getName());
                var constructor = application.getDeclaredConstructor();
                constructor.setAccessible(true);
                ((Callable<?>) constructor.newInstance()).call();
                return new WeakReference<>(loader);
            }
        }

        /**
         * Lets collect what can be, and lets idle threads end: a few seconds, and a minute at most.
         *
         * @param known the threads that may stay; null for all but those of this project
         * @return the others that are left
         */
        private static Set<String> settle(List<WeakReference<ClassLoader>> loaders, Set<String> known)
                throws InterruptedException {
            long end = System.nanoTime() + 60_000_000_000L;
            Set<String> left;
            do {
                Thread.sleep(500);
                System.gc();
                left = threads();
                left.removeIf(name -> known == null ? !name.contains("kqueue") : known.contains(name));
            } while (System.nanoTime() < end
                    && (loaders.stream().anyMatch(loader -> loader.get() != null) || !left.isEmpty()));
            return left;
        }

        private static Set<String> threads() {
            Set<String> names = new TreeSet<>();
            Thread.getAllStackTraces().keySet().forEach(thread -> names.add(thread.getName()));
            return names;
        }

        /** All but files, which class loaders open and close. Where the system does not name them, all descriptors. */
        private static long descriptors() {
            boolean named = new File("/proc/self/fd").isDirectory();
            File[] open = new File("/dev/fd").listFiles();
            return Arrays.stream(open).filter(entry -> !named || isNoFile(entry)).count();
        }

        private static boolean isNoFile(File entry) {
            try {
                return !Files.readSymbolicLink(entry.toPath()).toString().startsWith("/");
            } catch (IOException gone) {
                // The descriptor of the listing itself.
                return false;
            }
        }
    }

    @Test
    @Timeout(200)
    void aDroppedClassLoaderIsCollectedAndLeavesNothing() throws Exception {
        assertThat(new ChildJvm().run(Container.class.getName()).lines().toList())
                .containsSubsequence("loaders 0", "threads []", "descriptors 0");
    }
}
