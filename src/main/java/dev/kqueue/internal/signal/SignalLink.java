package dev.kqueue.internal.signal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.function.BiConsumer;

/**
 * One handler that this library has set for a signal, and the handler that was set before it, which it calls: a link of
 * a chain. It is set once and never again, so that a chain has no circle.
 *
 * <p>Each copy of this library in the JVM, in a class loader of its own, sets links of its own. The JVM knows the last
 * one only, so a link that others have been set upon cannot be taken off by {@code Signal.handle}. Links that follow
 * each other therefore know each other in both directions, and one is taken out of their middle as out of any list with
 * two directions. The copies do not share this class; they call each other's handlers as a {@link BiConsumer}, whose
 * arguments are the name of a field and its new value, or {@link #TAKEN} and the signal, and which are recognized by
 * {@link #NAME}.
 *
 * <p>A signal that a receiver takes is passed on to former links of other copies, whose receivers count it, as one that
 * is taken: the handler below all links, the JVM's or the program's, is not called.
 *
 * <p>A link is not taken out if a handler of the program was set upon it, which may call it. It counts nothing any
 * more, and passes signals on: without it the program would be deaf to them.
 */
final class SignalLink implements InvocationHandler {
    /** The string form of the handlers of all copies of this library, of this version and others. */
    private static final String NAME = "kqueue's count of a signal";

    private static final String FORMER = "former";
    private static final String LATER = "later";

    /** The signal has come, and a link that was set later takes it. */
    private static final String TAKEN = "taken";

    private final SignalDispatch dispatch;

    /** The name of the signal without SIG. */
    private final String signal;

    final Object handler;

    /** The handler before this one; null before it has been set. Changed under {@link JvmSignals#monitor}. */
    private volatile Object former;

    /** The link of another copy that was set upon this one, or null. Belongs to {@link JvmSignals#monitor}. */
    private Object later;

    SignalLink(SignalDispatch dispatch, String signal) {
        this.dispatch = dispatch;
        this.signal = signal;
        this.handler = JvmSignals.handler(this);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the equals of a proxy
    public Object invoke(Object proxy, Method method, Object[] arguments) {
        switch (method.getName()) {
            case "handle" -> handle(false);
            case "accept" -> change(arguments[0], arguments[1]);
            case "equals" -> {
                return proxy == arguments[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            case "toString" -> {
                return NAME;
            }
            // Of BiConsumer, which no copy of this library calls.
            default -> throw new UnsupportedOperationException(method.toString());
        }
        return null;
    }

    private void change(Object field, Object value) {
        if (TAKEN.equals(field)) {
            handle(true);
        } else if (FORMER.equals(field)) {
            former = value;
        } else if (LATER.equals(field)) {
            later = value;
        }
    }

    @SuppressWarnings("unchecked") // it is called with what it understands
    private static BiConsumer<Object, Object> link(Object handler) {
        return handler instanceof BiConsumer<?, ?> link && NAME.equals(handler.toString())
                ? (BiConsumer<Object, Object>) link
                : null;
    }

    private static void tell(Object handler, String field, Object value) {
        BiConsumer<Object, Object> link = link(handler);
        if (link != null) {
            link.accept(field, value);
        }
    }

    /**
     * Sets the handler. With {@link JvmSignals#monitor}.
     *
     * @throws IllegalArgumentException if the JVM keeps the signal for itself
     */
    void set() {
        former = JvmSignals.handle(signal, handler);
        tell(former, LATER, handler);
    }

    /** Sets the handler once more, after it has been set in vain. */
    void setAgain() {
        JvmSignals.handle(signal, handler);
    }

    /** Takes the link out of the chain, if that is possible. With {@link JvmSignals#monitor}. */
    void remove() {
        if (later != null) {
            tell(later, FORMER, former);
            tell(former, LATER, later);
            later = null;
        } else if (isLast()) {
            JvmSignals.handle(signal, former);
            tell(former, LATER, null);
        }
    }

    /** Sets this handler and takes it back: the JVM names the handler that is set only to a call that sets one. */
    @SuppressWarnings("ReferenceEquality") // this very handler
    private boolean isLast() {
        Object last = JvmSignals.handle(signal, handler);
        if (last != handler) {
            JvmSignals.handle(signal, last);
        }
        return last == handler;
    }

    /**
     * The signal has come.
     *
     * @param takenAbove by a link that was set later
     */
    private void handle(boolean takenAbove) {
        if (!dispatch.receive(this, takenAbove) && JvmSignals.isDefault(former)) {
            restoreDefault();
        }
    }

    /** Calls what was there before: only links, if the signal is taken. */
    void pass(boolean taken) {
        Object before = former;
        if (before == null || !JvmSignals.isCallable(before)) {
            return;
        }
        if (taken) {
            tell(before, TAKEN, signal);
            return;
        }
        try {
            JvmSignals.call(before, signal);
        } catch (UnsupportedOperationException inC) {
            // The JVM's own handler in C, of SIGPIPE and SIGXFSZ, which does nothing. It cannot be called from here.
        }
    }

    /** A link that was left behind is the last again: then what it was set in place of is to happen. */
    private void restoreDefault() {
        synchronized (JvmSignals.monitor()) {
            if (dispatch.isReceiving(this) || later != null || !isLast()) {
                return;
            }
            JvmSignals.handle(signal, former);
        }
        dispatch.raise();
    }
}
