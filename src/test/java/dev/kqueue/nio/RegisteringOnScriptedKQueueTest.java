package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.Note;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.function.Consumer;

/** Registering of event keys: what is refused, what another thread does meanwhile, and which ident has a key. */
class RegisteringOnScriptedKQueueTest extends EventKeysOnScriptedKQueue {
    RegisteringOnScriptedKQueueTest() throws IOException {}

    @Test
    void knoteIsAddedWhenTheKeyIsRegistered() throws IOException {
        process(OP_READ);

        assertThat(changes())
                .singleElement()
                .satisfies(
                        change -> {
                            assertThat(change.ident()).isEqualTo(PID);
                            assertThat(change.filter()).isEqualTo(Filter.PROC);
                            assertThat(change.flags()).isEqualTo(KEvent.EV_ADD | KEvent.EV_CLEAR | KEvent.EV_RECEIPT);
                            int status = Note.find("NOTE_EXITSTATUS").orElse(0);
                            assertThat(change.fflags() & Note.NOTE_PCTRLMASK())
                                    .isEqualTo(Note.NOTE_EXIT | Note.NOTE_FORK | status);
                        });
        selector.selectNow();
        assertThat(changes()).isEmpty();
    }

    @Test
    void refusedRegistrationIsThrownAndLeavesNothing() throws IOException {
        kqueue.receipt(Errno.ESRCH);

        assertThatThrownBy(() -> process(OP_READ))
                .isInstanceOf(UncheckedIOException.class)
                .cause()
                .hasMessage("there is no process 4242, or it has exited (ESRCH)");
        assertThat(selector.keys()).isEmpty();
        selector.selectNow();
        assertThat(process(OP_READ).isValid()).isTrue();
    }

    @Test
    void refusedRegistrationBySelectorClosesItsChannel() throws IOException {
        kqueue.receipt(Errno.EINVAL);

        assertThatThrownBy(() -> selector.watchSignal(Signal.TERM))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SIGTERM")
                .hasMessageContaining("EINVAL");
        assertThat(selector.watchSignal(Signal.TERM, "again").attachment()).isEqualTo("again");
    }

    // ---- while a key is being registered

    private Thread other;

    /**
     * Has another thread do something with the key between its place in the table and its knote, and then select.
     *
     * @param blocks whether that thread has to wait for the registration's end
     */
    private void meanwhile(Consumer<SelectionKey> action, boolean blocks) {
        kqueue.beforeReceipts =
                () -> {
                    SelectionKey key = selector.keys().iterator().next();
                    other = Thread.ofPlatform().start(() -> selectAfter(() -> action.accept(key)));
                    while (other.isAlive() && !(blocks && other.getState() == Thread.State.BLOCKED)) {
                        Thread.onSpinWait();
                    }
                };
    }

    private void selectAfter(Runnable action) {
        action.run();
        try {
            selector.selectNow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Timeout(60)
    void interestThatChangesDuringTheRegistrationIsToldAfterIt() throws IOException {
        meanwhile(key -> key.interestOps(0), false);
        TimerKey key = selector.scheduleAtFixedRate(Duration.ofSeconds(1));
        assertThat(changes())
                .as("nothing before the knote is there")
                .singleElement()
                .satisfies(change -> assertThat(change.flags() & KEvent.EV_ADD).isEqualTo(KEvent.EV_ADD));
        selector.selectNow();
        assertThat(changes()).extracting(KEvent::flags).containsExactly(KEvent.EV_DISABLE);
        key.interestOps(OP_READ);
        selector.selectNow();
        assertThat(changes()).extracting(KEvent::flags).containsExactly(KEvent.EV_ENABLE);
    }

    @Test
    @Timeout(60)
    void keyThatIsCancelledDuringItsRegistrationLeavesNoKnote() throws Exception {
        meanwhile(SelectionKey::cancel, true);
        assertThat(process(OP_READ).isValid()).isFalse();
        other.join();
        assertThat(changes())
                .extracting(change -> change.flags() & (KEvent.EV_ADD | KEvent.EV_DELETE))
                .startsWith(KEvent.EV_ADD)
                .endsWith(KEvent.EV_DELETE);
        assertThat(process(OP_READ).isValid()).as("nor a claim").isTrue();
    }

    @Test
    void keyThatIsLetGoOfBeforeItsKnoteIsAddedIsWithdrawn() throws IOException {
        ProcessKey key = process(OP_READ);
        changes();
        selector.registrations().withdraw(key);
        assertThat(changes()).extracting(KEvent::flags).containsExactly(KEvent.EV_DELETE | KEvent.EV_RECEIPT);
        selector.registrations().withdraw(key);
        assertThat(changes()).as("the knote may be another's by now").isEmpty();
    }

    @Test
    void timerThatCannotBeSetAnewIsTriedAgain() throws IOException {
        TimerKey key = selector.scheduleAtFixedRate(Duration.ZERO, Duration.ofSeconds(1));
        event(key, Filter.TIMER, KEvent.EV_ONESHOT, 0, 1);
        assertThat(selector.selectNow()).isOne();
        selector.selectedKeys().clear();
        changes();
        kqueue.answer(
                events ->
                        events.add(
                                key.knote().ident(),
                                Filter.TIMER.value(),
                                KEvent.EV_ERROR,
                                0,
                                Errno.ENOMEM,
                                key.udata));
        assertThat(selector.selectNow()).as("nothing has expired").isZero();
        selector.selectNow();
        assertThat(changes()).hasSize(2).allMatch(change -> (change.flags() & KEvent.EV_ADD) != 0);
        selector.selectNow();
        assertThat(changes()).isEmpty();
    }

    // ---- claims

    @Test
    void oneProcessHasOneKey() throws IOException {
        ProcessKey first = process(OP_READ);

        assertThatThrownBy(() -> process(OP_READ))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("process 4242");
        assertThat(selector.keys()).containsExactly(first);
    }

    @Test
    void cancelledKeyLosesItsClaimAndDoesNotTakeTheNextOnesKnote() throws IOException {
        process(OP_READ).cancel();
        ProcessKey second = process(OP_READ);
        kqueue.calls.clear();
        selector.selectNow();

        assertThat(changes()).isEmpty();
        assertThat(selector.keys()).containsExactly(second);
        fork(second);
        assertThat(selector.selectNow()).isOne();
    }

    @Test
    void idOfExitedProcessMayBeRegisteredAgain() throws IOException {
        ProcessKey first = process(OP_READ);
        exit(first, 0);
        selector.selectNow();
        ProcessKey second = process(OP_READ);
        first.cancel();
        kqueue.calls.clear();
        selector.selectNow();

        assertThat(changes()).isEmpty();
        assertThat(selector.keys()).containsExactly(second);
    }

    @Test
    void userEventsAreRefused() {
        for (int ident = 0; ident < 2; ident++) {
            KEvent event = KEvent.user(ident, KEvent.EV_ADD, 0, null);
            assertThatThrownBy(() -> selector.watch(event))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("KQueueSelector.addUserEvent()");
        }
    }

    @Test
    void eventIsAddedWhetherOrNotItsFlagsSaySo() throws IOException {
        for (int flags : new int[] {0, KEvent.EV_CLEAR, KEvent.EV_ADD | KEvent.EV_ONESHOT}) {
            changes();
            selector.watch(new KEvent(flags + 1, Filter.TIMER, flags, 0, 1_000)).cancel();
            assertThat(changes())
                    .singleElement()
                    .extracting(KEvent::flags)
                    .isEqualTo(flags | KEvent.EV_ADD | KEvent.EV_RECEIPT);
        }
    }

    @Test
    void flagsThatChangeNothingAreRefused() {
        for (int flag : new int[] {KEvent.EV_DELETE, KEvent.EV_DISABLE, KEvent.EV_DISPATCH, KEvent.EV_RECEIPT}) {
            KEvent event = new KEvent(1, Filter.TIMER, KEvent.EV_ADD | flag, 0, 1_000);
            assertThatThrownBy(() -> selector.watch(event)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
