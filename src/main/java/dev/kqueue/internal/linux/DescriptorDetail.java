package dev.kqueue.internal.linux;

/**
 * What few descriptors need: apart from the {@link Descriptor}, since a server has one of these for each connection,
 * and an idle connection is to take little memory. Only the descriptor looks in here.
 */
final class DescriptorDetail {
    Knote vnode;

    /**
     * A file that epoll refuses, since it is always ready there: its knotes are asked by the scan. Which file it is, or
     * null.
     */
    FileState plainFile;
}
