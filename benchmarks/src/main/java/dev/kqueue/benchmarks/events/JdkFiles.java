package dev.kqueue.benchmarks.events;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/** Files in a watch service, which watches directories. */
public final class JdkFiles implements Events {
    private final Folders folders;
    private final WatchService service = FileSystems.getDefault().newWatchService();

    /** With so many files, and as many directories. */
    public JdkFiles(int sources) throws IOException {
        folders = new Folders(sources);
        for (Path file : folders.files) {
            file.getParent().register(service, StandardWatchEventKinds.ENTRY_MODIFY);
        }
    }

    @Override
    public void causeAndAwait() throws IOException, InterruptedException {
        folders.write();
        WatchKey key = service.take();
        key.pollEvents();
        key.reset();
    }

    @Override
    public void close() throws IOException {
        service.close();
        folders.close();
    }
}
