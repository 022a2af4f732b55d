package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.ChildJvm;
import dev.kqueue.KQueue;
import dev.kqueue.internal.libc.Symbols;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;

/** A program can ask whether this provider is in use; two providers do not mix, and the exception names both. */
@Timeout(120)
class DefaultProviderTest {
    /** Another provider, which opens nothing. */
    public static final class Other extends SelectorProvider {
        @Override
        public DatagramChannel openDatagramChannel() throws IOException {
            throw new IOException("none");
        }

        @Override
        public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
            throw new IOException("none");
        }

        @Override
        public Pipe openPipe() throws IOException {
            throw new IOException("none");
        }

        @Override
        public AbstractSelector openSelector() throws IOException {
            throw new IOException("none");
        }

        @Override
        public ServerSocketChannel openServerSocketChannel() throws IOException {
            throw new IOException("none");
        }

        @Override
        public SocketChannel openSocketChannel() throws IOException {
            throw new IOException("none");
        }
    }

    /** A channel of that provider. */
    private static final class OthersChannel extends AbstractSelectableChannel {
        OthersChannel() {
            super(new Other());
        }

        @Override
        protected void implCloseSelectableChannel() {}

        @Override
        protected void implConfigureBlocking(boolean block) {}

        @Override
        public int validOps() {
            return SelectionKey.OP_READ;
        }
    }

    /** Prints whether the provider is in use, and what is thrown if it is required. */
    static final class Program {
        private Program() {}

        static void main() {
            System.out.println(KQueueSelectorProvider.isDefault());
            try {
                KQueueSelectorProvider.requireDefault();
                System.out.println("in use");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void programOnAnotherProviderFailsFast() throws Exception {
        String printed =
                new ChildJvm()
                        .run(
                                "-Djava.nio.channels.spi.SelectorProvider=" + Other.class.getName(),
                                Program.class.getName());
        assertThat(printed)
                .startsWith("false")
                .contains("the selector provider is " + Other.class.getName() + ", not kqueue-nio's")
                .contains("-javaagent:kqueue-nio.jar");
    }

    @Test
    void programOnThisProviderGoesOn() throws Exception {
        assertThat(new ChildJvm().run(Program.class.getName()).lines()).containsExactly("true", "in use");
    }

    @Test
    void verboseProgramSaysOnceWhatItRunsOn() throws Exception {
        assertThat(new ChildJvm().run("-Dkqueue.verbose", OpeningProgram.class.getName()).lines())
                .containsExactly(
                        "kqueue-nio is the selector provider: " + kqueue() + ", functions of " + Symbols.library(),
                        "opened");
        for (String quiet : List.of("-Dkqueue.verbose=false", "-Dkqueue.other")) {
            assertThat(new ChildJvm().run(quiet, OpeningProgram.class.getName()).lines()).containsExactly("opened");
        }
    }

    private static String kqueue() throws IOException {
        try (KQueue kqueue = KQueue.open()) {
            return kqueue.toString();
        }
    }

    /** Opens a few channels and selectors. */
    static final class OpeningProgram {
        private OpeningProgram() {}

        static void main() throws IOException {
            Selector.open().close();
            SocketChannel.open().close();
            Selector.open().close();
            System.out.println("opened");
        }
    }

    @Test
    void channelOfAnotherProviderIsRefusedWithBothNames() throws IOException {
        try (KQueueSelector selector = KQueueSelector.open();
                OthersChannel channel = new OthersChannel()) {
            channel.configureBlocking(false);
            assertThatThrownBy(() -> channel.register(selector, SelectionKey.OP_READ))
                    .isInstanceOf(IllegalSelectorException.class)
                    .cause()
                    .hasMessageContaining(Other.class.getName())
                    .hasMessageContaining(KQueueSelectorProvider.class.getName());
            assertThatCode(selector::selectNow).doesNotThrowAnyException();
        }
    }
}
