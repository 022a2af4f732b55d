package dev.kqueue.faults;

import java.util.Map;

/** The functions that no scenario calls, and why. */
final class Unreached {
    private Unreached() {}

    static final Map<String, String> REASONS =
            Map.of(
                    "kill", "it gives a signal back to its default action, which ends the process",
                    "accept", "accept4(2) is called where there is one",
                    "pipe", "pipe2(2) is called where there is one",
                    "waitid", "PIDFD_GET_INFO tells the exit status since Linux 6.15",
                    "getrlimit", "only the doctor asks for limits");
}
