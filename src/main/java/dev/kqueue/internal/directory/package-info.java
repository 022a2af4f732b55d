/**
 * What has changed in a directory, or in the tree below it. {@code DirectoryTree} finds it by comparing two scans, and
 * knows nothing of kqueue: {@code WatchedTree} tells it which directories may have changed, from the knotes that {@code
 * DirectoryWatches} holds.
 */
package dev.kqueue.internal.directory;
