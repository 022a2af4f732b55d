/**
 * kqueue(2) in Java, in the kernel's own words.
 *
 * <p>A {@link dev.kqueue.KEventQueue} takes changes and returns events. A change or an event is a {@link
 * dev.kqueue.KEvent}: what is watched (ident and {@link dev.kqueue.Filter}), what to do or what holds (flags), what to
 * watch for or what has happened (fflags: the names in {@link dev.kqueue.Note}), how much (data), and any object of the
 * program's own (udata).
 *
 * {@snippet lang="java" :
 * import static dev.kqueue.KEvent.*;
 * import static dev.kqueue.Note.*;
 *
 * import dev.kqueue.KEvent;
 * import dev.kqueue.KEventQueue;
 *
 * import java.io.IOException;
 * import java.time.Duration;
 *
 * class Ticker {
 *     public static void main(String[] args) throws Exception {
 *         Runnable tick = () -> System.out.println("tick");
 *         Runnable bell = () -> System.out.println("ding");
 *         try (KEventQueue queue = KEventQueue.open()) {
 *             queue.apply(
 *                     KEvent.timer(1, EV_ADD, Duration.ofMillis(100), tick),
 *                     KEvent.user(1, EV_ADD | EV_CLEAR, 0, bell));
 *             Thread.ofVirtual().start(() -> ring(queue));
 *             boolean rung = false;
 *             while (!rung) {
 *                 for (KEvent event : queue.await(8)) {
 *                     ((Runnable) event.udata()).run();
 *                     rung |= event.udata() == bell;
 *                 }
 *             }
 *         }
 *     }
 *
 *     static void ring(KEventQueue queue) {
 *         try {
 *             Thread.sleep(Duration.ofMillis(250));
 *             queue.apply(KEvent.user(1, 0, NOTE_TRIGGER, null));
 *         } catch (IOException | InterruptedException e) {
 *             throw new IllegalStateException(e);
 *         }
 *     }
 * }
 * }
 *
 * <p>A change that fails throws {@link dev.kqueue.KEventException}, which lists all that failed.
 *
 * <p>{@link dev.kqueue.KQueue} is kevent(2) itself, over arrays of the C structure ({@link dev.kqueue.KEventList}): one
 * call for changes and events, which allocates nothing.
 *
 * <p>Null throws {@link NullPointerException}, except as udata and where {@link dev.kqueue.KQueue#kevent} takes no
 * list. What waits and what makes changes throws {@link java.nio.channels.ClosedChannelException} once the kqueue is
 * closed.
 *
 * <p>On macOS and the BSDs all this is the kernel's, straight through. On Linux it is a kqueue written over epoll and
 * its relatives, which follows FreeBSD.
 *
 * @see <a href="https://man.freebsd.org/kqueue/2">kqueue(2)</a>
 */
package dev.kqueue;
