package dev.kqueue.nio.file;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.Watchable;
import java.util.Objects;

/** A directory that can be registered with a {@link KQueueWatchService} and with the service of its file system. */
record WatchableDirectory(Path path) implements Watchable {
    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] kinds, WatchEvent.Modifier... modifiers)
            throws IOException {
        if (Objects.requireNonNull(watcher, "watcher") instanceof KQueueWatchService service) {
            return service.register(this, path, kinds, modifiers);
        }
        return path.register(watcher, kinds, modifiers);
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>... kinds) throws IOException {
        return register(watcher, kinds, new WatchEvent.Modifier[0]);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
