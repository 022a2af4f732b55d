package dev.kqueue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;

/** Makes calls where the stack is full, and from each of the frames above, as far as they overflow it. */
public final class FullStack {
    /** A call of a kqueue. */
    public interface Call {
        void make() throws IOException;
    }

    private final int frames;
    private final BooleanSupplier isOpen;
    private int overflows;
    private int left;

    /**
     * @param frames more than what a call needs, in frames of a small method
     * @param isOpen whether the kqueue is open: calls may throw an IOException when it is not
     */
    public FullStack(int frames, BooleanSupplier isOpen) {
        this.frames = frames;
        this.isOpen = isOpen;
    }

    /** Makes the call once for each frame. */
    public void overflow(Call call) {
        left = frames;
        descend(call);
    }

    @SuppressWarnings("InfiniteRecursion") // until the stack is full
    private void descend(Call call) {
        try {
            descend(call);
        } catch (StackOverflowError full) {
            // This is the deepest frame that has caught it.
        }
        if (left > 0) {
            left--;
            try {
                call.make();
            } catch (StackOverflowError inside) {
                overflows++;
            } catch (IOException e) {
                if (isOpen.getAsBoolean()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Fails if no call has overflowed the stack. */
    public void requireOverflow() {
        if (overflows == 0) {
            throw new AssertionError("the stack has not overflowed");
        }
    }
}
