package dev.kqueue.nio;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.Note;

import org.junit.jupiter.api.AfterEach;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Event keys of a selector whose kernel plays a script. */
abstract class EventKeysOnScriptedKQueue {
    static final int PID = 4242;

    final ScriptedKQueue kqueue = new ScriptedKQueue();
    final KQueueSelector selector;

    EventKeysOnScriptedKQueue() throws IOException {
        selector = new KQueueSelector(null, kqueue.asKQueue);
        kqueue.calls.clear(); // the registration of the wakeup event
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    ProcessKey process(int interest) throws IOException {
        return (ProcessKey)
                ProcessChannel.open(PID, EnumSet.of(ProcessEvent.EXIT, ProcessEvent.FORK)).register(selector, interest);
    }

    void event(EventKey key, Filter filter, int flags, int fflags, long data) {
        kqueue.answer(
                events ->
                        events.add(
                                key.knote().ident(), filter.value(), flags | KEvent.EV_CLEAR, fflags, data, key.udata));
    }

    void fork(ProcessKey key) {
        event(key, Filter.PROC, 0, Note.NOTE_FORK, 0);
    }

    void exit(ProcessKey key, int status) {
        event(key, Filter.PROC, KEvent.EV_EOF | KEvent.EV_ONESHOT, Note.NOTE_EXIT, status);
    }

    List<KEvent> changes() {
        List<KEvent> changes = new ArrayList<>();
        kqueue.calls.forEach(call -> changes.addAll(call.changes()));
        kqueue.calls.clear();
        return changes;
    }
}
