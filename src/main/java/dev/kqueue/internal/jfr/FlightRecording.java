package dev.kqueue.internal.jfr;

import jdk.jfr.FlightRecorder;

/** Whether to record events of JDK Flight Recorder. */
public final class FlightRecording {
    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private FlightRecording() {}

    /**
     * Whether a recording has been started in this JVM. Costs one read of a field, and one class: to ask an event
     * whether it is enabled would cost an object, or several classes at the start of every program.
     */
    public static boolean isOn() {
        return PRESENT && FlightRecorder.isInitialized();
    }
}
