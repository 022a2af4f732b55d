package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.List;

/** A queue over values, on kernels that replace udata with every change and on those that do not. */
abstract class KEventQueueOverModel {
    final Object first = new Object();
    final Object second = new Object();
    final ModelKQueue kqueue;
    final KEventQueue queue;

    KEventQueueOverModel(boolean replacesUdataAlways) {
        kqueue = new ModelKQueue(replacesUdataAlways);
        queue = new KEventQueue(new KQueue(kqueue));
    }

    void change(KEvent... changes) throws IOException {
        queue.apply(changes);
    }

    List<KEvent> poll() throws IOException {
        return queue.poll(16);
    }

    /** Applies changes, of which some are to fail. */
    List<KEventException.Failure> failures(KEvent... changes) {
        return assertThatExceptionOfType(KEventException.class)
                .isThrownBy(() -> queue.apply(changes))
                .actual()
                .failures();
    }

    static KEvent add(int flags, Object udata) {
        return KEvent.read(5, EV_ADD | flags, 0, udata);
    }

    void fire() {
        kqueue.fire(5, Filter.READ);
    }

    void expect(Object udata) throws IOException {
        assertThat(poll()).singleElement().extracting(KEvent::udata).isSameAs(udata);
    }
}
