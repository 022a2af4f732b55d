package dev.kqueue.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.Throttle;

/**
 * The time from the end of a selector's wait to the beginning of its next: that is how long the program, and the
 * selector itself, were busy with what was ready, while everything else that became ready had to wait. The wait is left
 * out: a selector that waits long is idle.
 */
@Name("dev.kqueue.Select")
@Label("Select")
@Description("From the end of a selector's wait to the beginning of the next: other channels wait for so long")
@Category("kqueue-nio")
@Threshold("20 ms")
@Throttle("100/s")
public final class SelectorTurn extends Event {
    @Label("Selector")
    @Description("Which one, of those of this JVM")
    int selector;

    @Label("Events")
    @Description("How many events the wait gave")
    int events;

    /** Of the object, which serves for all events of its selector. */
    private transient boolean begun;

    public SelectorTurn(Object selector) {
        this.selector = System.identityHashCode(selector);
    }

    /** A wait has ended, with so many events. */
    public void begun(int found) {
        begun = true;
        events = found;
        begin();
    }

    /** The next wait begins: by the thread that selects. Does nothing if the last one ended with an exception. */
    public void ended() {
        if (begun) {
            begun = false;
            end();
            if (shouldCommit()) {
                commit();
            }
        }
    }
}
