package dev.kqueue.internal.directory;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A tree of files under random operations, seeded, and what a scan of it finds. */
public final class RandomTree {
    private static final int NAMES = 5;

    private final Path root;
    private final Random random;

    public RandomTree(Path root, long seed) {
        this.root = root;
        this.random = new Random(seed);
    }

    /** Does one thing to the tree, and says what. */
    public String step() throws IOException {
        List<Path> directories = paths(true);
        Path directory = directories.get(random.nextInt(directories.size()));
        Path target = directory.resolve("n" + random.nextInt(NAMES));
        List<Path> all = paths(false);
        Path some = all.isEmpty() ? target : all.get(random.nextInt(all.size()));
        return switch (random.nextInt(8)) {
            case 0, 1 -> {
                if (target.getNameCount() - root.getNameCount() < 5 && !exists(target)) {
                    Files.createDirectory(target);
                }
                yield "mkdir " + target;
            }
            case 2, 3 -> {
                if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(target)) {
                    Files.writeString(target, "x".repeat(random.nextInt(100)));
                }
                yield "write " + target;
            }
            case 4 -> {
                // An editor's save.
                if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                    Path temporary = Files.writeString(directory.resolve("temporary"), "saved");
                    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                }
                yield "save " + target;
            }
            case 5 -> {
                if (exists(some) && !exists(target) && !target.startsWith(some)) {
                    Files.move(some, target);
                }
                yield "move " + some + " " + target;
            }
            case 6 -> {
                if (exists(some)) {
                    delete(some);
                }
                yield "delete " + some;
            }
            default -> {
                if (!exists(target)) {
                    Files.createSymbolicLink(target, Path.of(random.nextBoolean() ? ".." : "n1"));
                }
                yield "link " + target;
            }
        };
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** All paths of the tree but the root's. */
    public Set<Path> scan() throws IOException {
        return new TreeSet<>(paths(false));
    }

    private List<Path> paths(boolean directories) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return new ArrayList<>(
                    walk.filter(
                                    path ->
                                            directories
                                                    ? Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                                                    : !path.equals(root))
                            .sorted()
                            .toList());
        }
    }

    /** Deletes a file, or a directory with all that is in it. */
    public static void delete(Path path) throws IOException {
        Files.walkFileTree(
                path,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path directory, IOException failed) throws IOException {
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
