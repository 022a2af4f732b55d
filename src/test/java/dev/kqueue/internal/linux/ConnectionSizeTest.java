package dev.kqueue.internal.linux;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.Ability;
import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/** How much memory a connection takes of the kqueue over epoll. */
class ConnectionSizeTest {
    /** The object's header with a compressed class pointer. */
    private static final int HEADER = 12;

    @ParameterizedTest
    @ValueSource(classes = {DescriptorKnote.class, DescriptorRegistration.class})
    void whatEachConnectionHasTakesNoMoreThan48Bytes(Class<?> type) {
        int bytes = HEADER;
        for (Class<?> each = type; each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                bytes += Modifier.isStatic(field.getModifiers()) ? 0 : bytes(field.getType());
            }
        }
        assertThat(bytes).isLessThanOrEqualTo(48);
    }

    private static int bytes(Class<?> type) {
        if (type == long.class || type == double.class) {
            return Long.BYTES;
        }
        if (type == short.class || type == char.class) {
            return Short.BYTES;
        }
        return type == byte.class || type == boolean.class ? Byte.BYTES : Integer.BYTES;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EV_CLEAR, EV_DISPATCH, EV_CLEAR | EV_DISPATCH})
    @RequiresAbility(Ability.OWN_KQUEUE)
    void connectionHasNothingElse(int flags) throws IOException, ReflectiveOperationException {
        try (Arena arena = Arena.ofConfined();
                LinuxKQueue kq = LinuxKQueue.open()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            assertThat(SysSocket.socketpair(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0, ends)).isZero();
            int fd = ends.getAtIndex(JAVA_INT, 0);
            int peer = ends.getAtIndex(JAVA_INT, 1);
            assertThat(change(kq, fd, EV_ADD | flags)).isEqualTo(1);
            assertThat(Unistd.write(peer, MemorySegment.ofArray(new byte[1]), 1)).isEqualTo(1);
            assertThat(change(kq, fd, EV_DISABLE)).isZero();
            assertThat(change(kq, fd, EV_ENABLE)).isEqualTo(2);
            Unistd.close(peer);
            assertThat(change(kq, fd, EV_ADD | EV_ENABLE)).isEqualTo(2);

            DescriptorRegistration descriptor = kq.core().descriptors().find(fd);
            assertThat(detail(DescriptorRegistration.class, descriptor)).isNull();
            assertThat(detail(Knote.class, descriptor.read)).isNull();
            assertThat(detail(Knote.class, descriptor.write)).isNull();
            kq.beforeClose(fd);
            assertThat(detail(DescriptorRegistration.class, descriptor)).isNull();
            Unistd.close(fd);
        }
    }

    /** Changes both knotes of the descriptor; how many events there are then. */
    private static int change(LinuxKQueue kq, int fd, int flags) throws IOException {
        KEventList changes = KEventList.allocate(2);
        changes.add(fd, Filter.READ.value(), flags, 0, 1, 0);
        changes.add(fd, Filter.WRITE.value(), flags, 0, 1, 0);
        return kq.kevent(changes, KEventList.withoutData(2), 0);
    }

    private static Object detail(Class<?> type, Object owner) throws ReflectiveOperationException {
        Field detail = type.getDeclaredField("detail");
        detail.setAccessible(true);
        return detail.get(owner);
    }
}
