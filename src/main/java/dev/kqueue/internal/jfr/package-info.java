/**
 * The events of JDK Flight Recorder. {@link dev.kqueue.internal.jfr.FlightRecording} is what all other code asks; the
 * other classes are loaded while the recorder is in use only, since the module jdk.jfr may be absent.
 */
package dev.kqueue.internal.jfr;
