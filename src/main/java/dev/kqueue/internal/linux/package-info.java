/**
 * kqueue(2) on Linux, over epoll(7), inotify(7), pidfds, the process connector, eventfd(2) and timerfd(2).
 *
 * <p>Only {@code dev.kqueue} calls this package, and only {@link dev.kqueue.internal.linux.LinuxKQueue}: begin to read
 * there. All state of a kqueue belongs to its one lock.
 *
 * <table>
 *   <caption>Which class answers what</caption>
 *   <tr><th>Part</th><th>Question</th><th>Classes</th></tr>
 *   <tr><td>core</td><td>How does a kevent call go, and who holds the lock?</td>
 *       <td>LinuxKQueue, Core, Changes, Fetch, Waiters, IdleFetches, Counters</td></tr>
 *   <tr><td></td><td>What is registered, and what has something to report?</td>
 *       <td>Knote, ListedKnote, DescriptorKnote, IdTable, ReadyQueue, PendingSignal</td></tr>
 *   <tr><td></td><td>What does a filter implement, and which are there?</td>
 *       <td>FilterOps, FilterHost, Filters, UserFilter, Reasons</td></tr>
 *   <tr><td></td><td>What follows an error, or something that was thrown?</td><td>Recovery, Closing</td></tr>
 *   <tr><td>epoll</td><td>What is epoll asked for, and what do its events mean?</td>
 *       <td>Epoll, EpollEvents, Registration, Scan, Nesting</td></tr>
 *   <tr><td></td><td>Which knotes has a descriptor?</td>
 *       <td>DescriptorRegistration, DescriptorTable, ReadWriteFilter, ReadFilter, WriteFilter, FileProbe</td></tr>
 *   <tr><td>files</td><td>What happens to a file?</td>
 *       <td>VnodeFilter, FileFilter, Inotify, InotifyEvents, WatchTable, InodeWatch, FileLook, FileState, FileNotes</td></tr>
 *   <tr><td>processes</td><td>What happens to a process?</td>
 *       <td>ProcFilter, ChildReport, ProcConnector, ProcSocket, ExitStatus</td></tr>
 *   <tr><td>signals</td><td>Who learns of a signal to this process?</td>
 *       <td>SignalFilter; {@code SignalDispatch} of internal.signal</td></tr>
 *   <tr><td>timers</td><td>When is the next deadline?</td><td>TimerFilter, TimerQueue, Deadline</td></tr>
 * </table>
 *
 * <p>A change: {@code Changes} finds the knote, the filter's {@code attach} or {@code touch} says what it needs, and a
 * descriptor's {@code Registration} passes that to epoll. An event: {@code Fetch} calls epoll_wait, {@code Scan} or
 * {@code Core.hear} finds the knotes that it is about, and those that are not delivered at once go through the {@code
 * ReadyQueue}.
 */
package dev.kqueue.internal.linux;
