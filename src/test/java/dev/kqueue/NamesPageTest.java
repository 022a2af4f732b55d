package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** docs/names.md has each name of the older bindings, and each C name of theirs is a name here. */
class NamesPageTest {
    private static String page() throws IOException {
        Path page = Path.of("docs/names.md");
        assertThat(page).isRegularFile();
        return Files.readString(page);
    }

    private static boolean isName(String name) {
        List<Class<?>> types = List.of(Filter.class, KEvent.class, Note.class);
        Stream<String> fields = types.stream().flatMap(type -> Arrays.stream(type.getFields())).map(Field::getName);
        Stream<String> methods = types.stream().flatMap(type -> Arrays.stream(type.getMethods())).map(Method::getName);
        return Stream.concat(fields, methods).anyMatch(name::equals);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EVFILT_READ EVFILT_WRITE EVFILT_AIO EVFILT_VNODE EVFILT_PROC EVFILT_SIGNAL EVFILT_TIMER",
                "EVFILT_MACHPORT EVFILT_FS EVFILT_USER EVFILT_VM EVFILT_LIO EVFILT_EXCEPT",
                "EV_ADD EV_DELETE EV_ENABLE EV_DISABLE EV_ONESHOT EV_CLEAR EV_RECEIPT EV_DISPATCH",
                "EV_SYSFLAGS EV_DROP EV_FLAG1 EV_EOF EV_ERROR EV_NODATA",
                "NOTE_FFNOP NOTE_FFAND NOTE_FFOR NOTE_FFCOPY NOTE_FFCTRLMASK NOTE_FFLAGSMASK NOTE_TRIGGER",
                "NOTE_LOWAT NOTE_DELETE NOTE_WRITE NOTE_EXTEND NOTE_ATTRIB NOTE_LINK NOTE_RENAME NOTE_REVOKE",
                "NOTE_EXIT NOTE_FORK NOTE_EXEC NOTE_PCTRLMASK NOTE_PDATAMASK NOTE_TRACK NOTE_TRACKERR NOTE_CHILD",
                "NOTE_SECONDS NOTE_MSECONDS NOTE_USECONDS NOTE_NSECONDS",
                "NOTE_EOF NOTE_TRUNCATE"
            })
    void cNameIsOnThePageAndInTheLibrary(String names) throws IOException {
        String page = page();
        for (String name : names.split(" ")) {
            assertThat(page).containsPattern("`(\\w+\\.)?" + name + "(\\(\\))?`");
            assertThat(isName(name)).as(name).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kqueue()",
                "kevent(kqFD",
                "EV_SET(event",
                "`ident` `filter` `flags` `fflags` `data` `udata`",
                "KQueue()",
                "kq.kevent(",
                "ERead(",
                "EWrite(",
                "EVNode(",
                "EProc(",
                "ESignal(",
                "OException"
            })
    void callAndClassIsOnThePage(String name) throws IOException {
        assertThat(page()).contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"read", "write", "vnode", "proc", "signal", "timer", "user"})
    void factoryOnThePageIsThere(String factory) throws Exception {
        assertThat(page()).contains("KEvent." + factory + "(");
        Method method = KEvent.class.getMethod(factory, long.class, int.class, int.class, Object.class);
        assertThat(method.getReturnType()).isEqualTo(KEvent.class);
    }
}
