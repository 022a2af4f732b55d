/**
 * kqueue(2) in Java, in the kernel's own words.
 *
 * <p>A {@link dev.kqueue.KQueue} takes changes and gives events, and one call does both. A change or an event is a
 * {@link dev.kqueue.KEvent}: what is watched (ident and {@link dev.kqueue.Filter}), what to do or what is so (flags),
 * what to watch for or what has happened (fflags: the names in {@link dev.kqueue.Note}), how much (data), and any
 * object of the program's own (udata).
 *
 * {@snippet lang="java" :
 * import static dev.kqueue.KEvent.*;
 * import static dev.kqueue.Note.*;
 *
 * import dev.kqueue.KEvent;
 * import dev.kqueue.KQueue;
 *
 * import java.time.Duration;
 * import java.util.List;
 *
 * class Ticker {
 *     public static void main(String[] args) throws Exception {
 *         Runnable tick = () -> System.out.println("tick");
 *         Runnable bell = () -> System.out.println("ding");
 *         try (KQueue kqueue = KQueue.open()) {
 *             kqueue.kevent(List.of(
 *                     KEvent.timer(1, EV_ADD, Duration.ofMillis(100), tick),
 *                     KEvent.user(1, EV_ADD | EV_CLEAR, 0, bell)), 0, null);
 *             Thread.ofVirtual().start(() -> ring(kqueue));
 *             boolean rung = false;
 *             while (!rung) {
 *                 for (KEvent event : kqueue.kevent(List.of(), 8, Duration.ofSeconds(10))) {
 *                     ((Runnable) event.udata()).run();
 *                     rung |= event.udata() == bell;
 *                 }
 *             }
 *         }
 *     }
 *
 *     static void ring(KQueue kqueue) {
 *         try {
 *             Thread.sleep(Duration.ofMillis(250));
 *             kqueue.kevent(List.of(KEvent.user(1, 0, NOTE_TRIGGER, null)), 0, null);
 *         } catch (Exception e) {
 *             throw new IllegalStateException(e);
 *         }
 *     }
 * }
 * }
 *
 * <p>Programs that count every object use {@link dev.kqueue.KEventList}, kevent's own arrays, instead of values.
 *
 * <p>On macOS and the BSDs all this is the kernel's, straight through. On Linux it is a kqueue written over epoll and
 * its relatives, which follows FreeBSD.
 *
 * @see <a href="https://man.freebsd.org/kqueue/2">kqueue(2)</a>
 */
package dev.kqueue;
