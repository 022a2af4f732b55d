package dev.kqueue.nio;

/**
 * What has happened to the file that a path leads to.
 *
 * {@snippet :
 * PathKey config = selector.watchPath(Path.of("app.conf"));
 * selector.select();
 * if (config.events().contains(PathEvent.DELETED)) {
 *     useDefaults();
 * } else {
 *     reload(config.path());
 * }
 * }
 *
 * @see PathKey#events
 */
public enum PathEvent {
    /** There is a file now, and there was none. */
    CREATED,
    /** The path leads to another file than before: an editor's save by rename, or a link that was changed. */
    REPLACED,
    /** The file was written to or truncated; of a directory: its entries have changed. */
    MODIFIED,
    /** There is no file any more: it was deleted or renamed. */
    DELETED,
    /**
     * From now on changes may be missed: the file or a directory of its path cannot be watched (no permission, too many
     * open files). {@link PathKey#problem} says why; each later look tries again.
     */
    UNWATCHED
}
