package dev.kqueue.nio.file;

import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * What a key is registered for.
 *
 * @param tree whether the tree below the directory is watched
 */
record WatchInterest(Set<WatchEvent.Kind<?>> kinds, boolean tree) {
    private static final Set<WatchEvent.Kind<?>> SUPPORTED =
            Set.of(
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_DELETE,
                    StandardWatchEventKinds.ENTRY_MODIFY);

    private static final String SENSITIVITY = "com.sun.nio.file.SensitivityWatchEventModifier";

    static final WatchEvent.Modifier TREE = Modifier.FILE_TREE;

    private enum Modifier implements WatchEvent.Modifier {
        FILE_TREE
    }

    /** Checks what a program asks for, in the order and with the exceptions of the JDK's services. */
    static WatchInterest of(WatchEvent.Kind<?>[] kinds, WatchEvent.Modifier... modifiers) {
        Objects.requireNonNull(modifiers, "modifiers");
        Set<WatchEvent.Kind<?>> wanted = new HashSet<>();
        for (WatchEvent.Kind<?> kind : kinds) {
            Objects.requireNonNull(kind, "an event kind");
            if (SUPPORTED.contains(kind)) {
                wanted.add(kind);
            } else if (!kind.equals(StandardWatchEventKinds.OVERFLOW)) {
                throw new UnsupportedOperationException("event kind " + kind.name());
            }
        }
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException("no event kind to register for, other than OVERFLOW");
        }
        boolean tree = false;
        for (WatchEvent.Modifier modifier : modifiers) {
            Objects.requireNonNull(modifier, "a modifier");
            // By name, since the JDK's constant is in a module that need not be there.
            if (modifier.name().equals(TREE.name())) {
                tree = true;
            } else if (!modifier.getClass().getName().equals(SENSITIVITY)) {
                throw new UnsupportedOperationException("modifier " + modifier.name());
            }
        }
        return new WatchInterest(Set.copyOf(wanted), tree);
    }

    boolean contains(WatchEvent.Kind<?> kind) {
        return kinds.contains(kind);
    }
}
