package dev.kqueue.benchmarks.events;

import dev.kqueue.nio.VnodeEvent;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.file.Path;
import java.util.EnumSet;

/** Files in a selector. */
public final class OurFiles extends Selection {
    private final Folders folders;
    private SelectionKey last;

    /** With so many files. */
    public OurFiles(int sources) throws IOException {
        folders = new Folders(sources);
        for (Path file : folders.files) {
            last = selector.watchFile(file, EnumSet.of(VnodeEvent.WRITE));
        }
    }

    @Override
    public void causeAndAwait() throws IOException {
        folders.write();
        await(last);
    }

    @Override
    public void close() throws IOException {
        super.close();
        folders.close();
    }
}
