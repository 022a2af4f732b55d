package dev.kqueue.internal.bsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/** What a kernel can do is concluded from the errors that each kernel is known to give. */
class AbilitiesTest {
    private final ScriptedKernel kernel = new ScriptedKernel();

    private Abilities answering(ToIntFunction<KEvent> errno) throws IOException {
        kernel.answer(
                (questions, receipts) -> {
                    for (KEvent question : questions) {
                        ScriptedKernel.error(receipts, question, errno.applyAsInt(question));
                    }
                    return receipts.size();
                });
        return Abilities.probe(kernel);
    }

    private static boolean hasUnits(KEvent question) {
        return question.filter() == Filter.TIMER && question.fflags() != 0;
    }

    @Test
    void everyFilterIsAskedAboutInOneCallWithRoomForAllAnswers() throws IOException {
        answering(question -> 0);
        assertThat(kernel.calls).hasSize(1);
        List<KEvent> questions = kernel.calls.getFirst().changes();
        assertThat(questions)
                .allMatch(question -> question.flags() == (KEvent.EV_ADD | KEvent.EV_RECEIPT))
                .extracting(KEvent::filter)
                .contains(
                        Filter.READ, Filter.WRITE, Filter.VNODE, Filter.PROC, Filter.SIGNAL, Filter.TIMER, Filter.USER);
        assertThat(kernel.calls.getFirst().nevents()).isEqualTo(questions.size());
        assertThat(kernel.opened).isOne();
        assertThat(kernel.closed).isOne();
    }

    /** EINVAL everywhere; ENOTSUP of macOS, EOPNOTSUPP of DragonFly, ENXIO of a FreeBSD without the module. */
    @ParameterizedTest
    @ValueSource(strings = {"EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENXIO"})
    void filterThatTheKernelRefusesIsAbsent(String errno) throws IOException {
        Abilities abilities = answering(question -> question.filter() == Filter.USER ? Abi.HOST.constant(errno) : 0);
        assertThat(abilities.filters()).contains(Filter.READ, Filter.TIMER).doesNotContain(Filter.USER);
    }

    @Test
    void filterThatOnlyWantsAnotherIdentIsThere() throws IOException {
        Map<Filter, Integer> errnos =
                Map.of(
                        Filter.READ, Errno.EBADF,
                        Filter.WRITE, Errno.EBADF,
                        Filter.VNODE, Errno.ENOENT,
                        Filter.PROC, Errno.ESRCH,
                        Filter.SIGNAL, Errno.EPERM,
                        Filter.USER, Errno.ENOMEM);
        Abilities abilities = answering(question -> errnos.getOrDefault(question.filter(), 0));
        assertThat(abilities.filters()).containsAll(errnos.keySet());
    }

    @Test
    void kernelThatRefusesUnitsThatAreNoneKnowsUnits() throws IOException {
        Abilities abilities = answering(question -> hasUnits(question) ? Errno.EINVAL : 0);
        assertThat(abilities.timerUnits()).isTrue();
        assertThat(abilities.filters()).contains(Filter.TIMER);
    }

    @Test
    void kernelThatTakesAnythingForUnitsKnowsNone() throws IOException {
        assertThat(answering(question -> 0).timerUnits()).isFalse();
    }

    @Test
    void questionsDisturbNobody() throws IOException {
        answering(question -> 0);
        Set<Filter> ofDescriptors = Set.of(Filter.READ, Filter.WRITE, Filter.VNODE);
        for (KEvent question : kernel.calls.getFirst().changes()) {
            if (ofDescriptors.contains(question.filter())) {
                assertThat(question.ident()).as("no descriptor has that number").isEqualTo(-1);
            } else if (question.filter() == Filter.TIMER) {
                assertThat(question.data()).as("an hour, at the least").isGreaterThanOrEqualTo(3_600_000);
            }
        }
    }

    @Test
    void failureToAskIsAFailureToOpen() {
        kernel.fail(Errno.ENOMEM);
        assertThatThrownBy(() -> Abilities.probe(kernel))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ENOMEM");
        assertThat(kernel.closed).isOne();
    }
}
