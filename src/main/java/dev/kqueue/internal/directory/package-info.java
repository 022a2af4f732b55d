/**
 * What has changed in a directory, or in the tree below it: found by comparing two scans. Knows nothing of kqueue; a
 * caller says which directories may have changed.
 */
package dev.kqueue.internal.directory;
