package dev.kqueue.internal.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * The record of a file in a scan: its identity, and the attributes that change when it is written to.
 *
 * @param fileKey device and inode, or null if the file system has none
 * @param modified the time of its last modification, as finely as the file system keeps it
 */
public record DirectoryEntry(Object fileKey, FileType kind, FileTime modified, long size) {
    /** The kinds of files that are watched in different ways. */
    public enum FileType {
        DIRECTORY,
        FILE,
        LINK,
        /** A FIFO, a socket or a device: its contents are no part of the directory. */
        OTHER
    }

    /**
     * Asks the file system.
     *
     * @throws IOException if there is no such file, or its directory cannot be searched
     */
    static DirectoryEntry read(Path path, LinkOption... options) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, options);
        FileType kind = FileType.OTHER;
        if (attributes.isDirectory()) {
            kind = FileType.DIRECTORY;
        } else if (attributes.isRegularFile()) {
            kind = FileType.FILE;
        } else if (attributes.isSymbolicLink()) {
            kind = FileType.LINK;
        }
        return new DirectoryEntry(attributes.fileKey(), kind, attributes.lastModifiedTime(), attributes.size());
    }

    public boolean isDirectory() {
        return kind == FileType.DIRECTORY;
    }

    /** Whether both are of one file, whatever was written to it in between. */
    boolean isSameFile(DirectoryEntry other) {
        return kind == other.kind && fileKey != null && fileKey.equals(other.fileKey);
    }

    /** Whether the same file was written to. A directory changes with its entries, which are reported themselves. */
    boolean isModified(DirectoryEntry later) {
        return kind == FileType.FILE && (size != later.size || !modified.equals(later.modified));
    }
}
