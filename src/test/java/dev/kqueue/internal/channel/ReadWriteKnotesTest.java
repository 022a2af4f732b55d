package dev.kqueue.internal.channel;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_EOF;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class ReadWriteKnotesTest {
    private static final int FD = 5;
    private static final long UDATA = 0x1234_5678_9abc_def0L;
    private static final int NONE = 0;
    private static final int READ = ReadWriteKnotes.READ;
    private static final int WRITE = ReadWriteKnotes.WRITE;
    private static final int BOTH = READ | WRITE;

    private record Change(Filter filter, int flags) {}

    private static List<Change> changes(int from, int to) {
        KEventList list = KEventList.allocate(2);
        ReadWriteKnotes.changes(FD, from, to, UDATA, list);
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            assertThat(list.ident(i)).isEqualTo(FD);
            assertThat(list.udata(i)).isEqualTo(UDATA);
            assertThat(list.fflags(i)).isZero();
            assertThat(list.data(i)).isZero();
            changes.add(new Change(Filter.of(list.filter(i)), list.flags(i)));
        }
        return changes;
    }

    @Test
    void anEdgeIsAKnoteOfAnotherKindAndReplacesTheLevel() {
        int readEdge = ReadWriteKnotes.READ_EDGE;
        int bothEdges = ReadWriteKnotes.edges(BOTH);
        assertThat(bothEdges).isEqualTo(ReadWriteKnotes.READ_EDGE | ReadWriteKnotes.WRITE_EDGE);
        Change deleteRead = new Change(Filter.READ, EV_DELETE);
        Change deleteWrite = new Change(Filter.WRITE, EV_DELETE);
        Change addReadEdge = new Change(Filter.READ, EV_ADD | EV_CLEAR);
        Change addWriteEdge = new Change(Filter.WRITE, EV_ADD | EV_CLEAR);

        assertThat(changes(NONE, bothEdges)).containsExactly(addReadEdge, addWriteEdge);
        assertThat(changes(readEdge, bothEdges)).containsExactly(addWriteEdge);
        assertThat(changes(READ, readEdge)).containsExactly(deleteRead, addReadEdge);
        assertThat(changes(WRITE, readEdge)).containsExactly(addReadEdge, deleteWrite);
        assertThat(changes(bothEdges, NONE)).containsExactly(deleteRead, deleteWrite);
        assertThat(changes(readEdge, READ)).containsExactly(deleteRead, new Change(Filter.READ, EV_ADD));
        assertThat(changes(bothEdges, bothEdges)).isEmpty();
    }

    @Test
    void changesLeadFromEverySetToEveryOther() {
        Change addRead = new Change(Filter.READ, EV_ADD);
        Change addWrite = new Change(Filter.WRITE, EV_ADD);
        Change deleteRead = new Change(Filter.READ, EV_DELETE);
        Change deleteWrite = new Change(Filter.WRITE, EV_DELETE);

        assertThat(changes(NONE, READ)).containsExactly(addRead);
        assertThat(changes(NONE, WRITE)).containsExactly(addWrite);
        assertThat(changes(NONE, BOTH)).containsExactly(addRead, addWrite);
        assertThat(changes(READ, WRITE)).containsExactly(deleteRead, addWrite);
        assertThat(changes(READ, BOTH)).containsExactly(addWrite);
        assertThat(changes(READ, NONE)).containsExactly(deleteRead);
        assertThat(changes(WRITE, READ)).containsExactly(addRead, deleteWrite);
        assertThat(changes(WRITE, BOTH)).containsExactly(addRead);
        assertThat(changes(WRITE, NONE)).containsExactly(deleteWrite);
        assertThat(changes(BOTH, READ)).containsExactly(deleteWrite);
        assertThat(changes(BOTH, WRITE)).containsExactly(deleteRead);
        assertThat(changes(BOTH, NONE)).containsExactly(deleteRead, deleteWrite);
        for (int set = NONE; set <= BOTH; set++) {
            assertThat(changes(set, set)).isEmpty();
        }
    }

    @Test
    void interestNeedsTheKnotesOfItsOperations() {
        int writeOps = OP_WRITE | OP_CONNECT;
        assertThat(ReadWriteKnotes.of(0, OP_READ, writeOps)).isEqualTo(NONE);
        assertThat(ReadWriteKnotes.of(OP_READ, OP_READ, writeOps)).isEqualTo(READ);
        assertThat(ReadWriteKnotes.of(OP_CONNECT, OP_READ, writeOps)).isEqualTo(WRITE);
        assertThat(ReadWriteKnotes.of(OP_WRITE | OP_CONNECT, OP_READ, writeOps)).isEqualTo(WRITE);
        assertThat(ReadWriteKnotes.of(OP_READ | OP_WRITE, OP_READ, writeOps)).isEqualTo(BOTH);
        assertThat(ReadWriteKnotes.of(OP_ACCEPT, OP_ACCEPT, 0)).isEqualTo(READ);
    }

    @Test
    void eventMakesTheOperationsOfItsKnoteReadyAsFarAsTheyAreOfInterest() {
        KEventList events = KEventList.allocate(2);
        events.add(FD, Filter.READ.value(), EV_EOF, 0, 0, UDATA);
        events.add(FD, Filter.WRITE.value(), 0, 0, 0, UDATA);
        int writeOps = OP_WRITE | OP_CONNECT;
        int all = OP_READ | writeOps;

        assertThat(ReadWriteKnotes.readyOps(events, 0, all, OP_READ, writeOps)).isEqualTo(OP_READ);
        assertThat(ReadWriteKnotes.readyOps(events, 0, OP_WRITE, OP_READ, writeOps)).isZero();
        assertThat(ReadWriteKnotes.readyOps(events, 1, all, OP_READ, writeOps)).isEqualTo(writeOps);
        assertThat(ReadWriteKnotes.readyOps(events, 1, OP_CONNECT, OP_READ, writeOps)).isEqualTo(OP_CONNECT);
        assertThat(ReadWriteKnotes.readyOps(events, 1, OP_READ, OP_READ, writeOps)).isZero();
    }
}
