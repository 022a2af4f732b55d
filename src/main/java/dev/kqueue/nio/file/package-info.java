/**
 * A {@link java.nio.file.WatchService} on kqueue. Begin with {@link dev.kqueue.nio.file.KQueueWatchService}; {@code
 * WatchLoop} is its thread, {@code DirectoryWatchKey} the state of a key.
 *
 * {@snippet :
 * try (KQueueWatchService service = KQueueWatchService.open()) {
 *     service.register(Path.of("incoming"), StandardWatchEventKinds.ENTRY_CREATE);
 *     WatchKey key = service.take();
 *     key.pollEvents().forEach(event -> System.out.println(event.kind() + " " + event.context()));
 * }
 * }
 */
package dev.kqueue.nio.file;
