package dev.kqueue.internal.signal;

/** A receiver of a signal: see {@link SignalDispatch#add}. */
public interface SignalReceiver {
    /**
     * The signal has come. Called on a thread that the JVM starts for the signal, which holds no lock of this package.
     *
     * @return whether the signal is this receiver's alone: no handler that was there before is called
     */
    boolean signalled();
}
