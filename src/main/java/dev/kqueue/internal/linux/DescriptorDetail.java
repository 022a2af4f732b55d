package dev.kqueue.internal.linux;

/**
 * Rarely used fields of a {@link Descriptor}, allocated on first use to keep a connection small. Accessed only by the
 * descriptor.
 */
final class DescriptorDetail {
    Knote vnode;

    /**
     * A file that epoll refuses, since it is always ready there: its knotes are asked by the scan. Which file it is, or
     * null.
     */
    FileState plainFile;
}
