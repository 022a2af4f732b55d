package dev.kqueue.guide;

import dev.kqueue.nio.DirectoryEvent;
import dev.kqueue.nio.DirectoryKey;
import dev.kqueue.nio.KQueueSelector;

import java.io.IOException;
import java.nio.file.Path;

/** Prints what happens in a tree, until its root is deleted. */
public final class WatchedTree {
    private WatchedTree() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        try (KQueueSelector selector = KQueueSelector.open()) {
            DirectoryKey tree = selector.watchTree(root);
            System.out.println("watching");
            while (tree.isValid()) {
                selector.select(
                        key -> {
                            for (DirectoryEvent event : tree.events()) {
                                System.out.println(event);
                                if (event.kind() == DirectoryEvent.Kind.DELETED && event.path().equals(root)) {
                                    tree.cancel();
                                }
                            }
                        });
            }
        }
    }
}
