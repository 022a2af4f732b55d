package dev.kqueue.internal.linux;

/** A filter that watches files through {@link Inotify}. Its knotes have their {@link InodeWatch} as hook. */
interface FileFilter extends FilterOps {
    /** The inotify events that the knote needs. */
    int mask(Knote kn, boolean directory);

    /**
     * Something has happened to the file.
     *
     * @param notes what, as the {@code NOTE_} bits of EVFILT_VNODE
     */
    void happened(Knote kn, int notes);
}
