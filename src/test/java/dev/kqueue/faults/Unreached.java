package dev.kqueue.faults;

import java.util.Map;

/** The functions that no scenario calls, and why. */
final class Unreached {
    private Unreached() {}

    static final Map<String, String> REASONS =
            Map.of(
                    "kill", "signals are sent again only to a handler that took the place of the project's meanwhile",
                    "accept", "accept4(2) is called where there is one",
                    "pipe", "pipe2(2) is called where there is one",
                    "waitid", "PIDFD_GET_INFO tells the exit status since Linux 6.15",
                    "getrlimit", "only the doctor asks for limits");
}
