package dev.kqueue;

import dev.kqueue.internal.abi.Abi;

import java.util.List;
import java.util.stream.Stream;

/** The socket options that the JDK has on this machine, and the system has not whose ABI the provider speaks. */
public final class MissingOptions {
    private MissingOptions() {}

    private static final List<String> NAMES =
            Stream.of(
                            "SO_INCOMING_NAPI_ID",
                            "TCP_QUICKACK",
                            "TCP_KEEPCOUNT",
                            "TCP_KEEPIDLE",
                            "TCP_KEEPINTERVAL",
                            "IP_DONTFRAGMENT")
                    .filter(name -> !isDefined(name))
                    .toList();

    /** Java's names are not always C's. */
    private static boolean isDefined(String option) {
        return switch (option) {
            case "IP_DONTFRAGMENT" -> Abi.HOST.isDefined("IP_MTU_DISCOVER") || Abi.HOST.isDefined("IP_DONTFRAG");
            case "TCP_KEEPCOUNT" -> Abi.HOST.isDefined("TCP_KEEPCNT");
            case "TCP_KEEPIDLE" -> Abi.HOST.isDefined("TCP_KEEPIDLE") || Abi.HOST.isDefined("TCP_KEEPALIVE");
            case "TCP_KEEPINTERVAL" -> Abi.HOST.isDefined("TCP_KEEPINTVL");
            default -> Abi.HOST.isDefined(option);
        };
    }

    /**
     * Whether a line is about such an option alone; or about one whose values the system does not tell, or of which it
     * keeps fewer seconds than the JDK reads back (macOS).
     */
    public static boolean isAbout(String line) {
        return NAMES.stream().anyMatch(name -> line.matches(".*(default|stream|listener|datagram) " + name + " .*"))
                || (!Ability.KEEPALIVE_TIMES_ARE_READ.isPresent()
                        && line.matches(".* TCP_KEEP(COUNT|IDLE|INTERVAL) .*"))
                || (Abi.HOST.isDefined("SO_LINGER_SEC") && line.matches(".* SO_LINGER .*[0-9]{3,}.*"));
    }

    /** A list of options in a line, without such options. */
    public static String removedFrom(String line) {
        String removed = line;
        for (String name : NAMES) {
            removed = removed.replace(name + ", ", "").replace(", " + name + "]", "]");
        }
        return removed;
    }
}
