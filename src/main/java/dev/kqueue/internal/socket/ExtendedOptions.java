package dev.kqueue.internal.socket;

import dev.kqueue.internal.abi.Abi;

import jdk.net.ExtendedSocketOptions;

import java.net.SocketOption;
import java.util.List;

/**
 * The options of module jdk.net, as far as the system has them. This class may be loaded only where that module is
 * there: {@link SocketOptions} asks first.
 */
final class ExtendedOptions {
    private ExtendedOptions() {}

    static void addTcp(List<SockOpt<?>> options) {
        if (Abi.HOST.isDefined("TCP_QUICKACK")) {
            options.add(new SockOpt.Flag(ExtendedSocketOptions.TCP_QUICKACK, SockOpt.Place.ofTcp("TCP_QUICKACK")));
        }
        // macOS has called it TCP_KEEPALIVE since before the others had it.
        String idle = Abi.HOST.isDefined("TCP_KEEPIDLE") ? "TCP_KEEPIDLE" : "TCP_KEEPALIVE";
        addTcp(options, ExtendedSocketOptions.TCP_KEEPIDLE, idle);
        addTcp(options, ExtendedSocketOptions.TCP_KEEPINTERVAL, "TCP_KEEPINTVL");
        addTcp(options, ExtendedSocketOptions.TCP_KEEPCOUNT, "TCP_KEEPCNT");
    }

    private static void addTcp(List<SockOpt<?>> options, SocketOption<Integer> option, String name) {
        if (Abi.HOST.isDefined(name)) {
            options.add(new SockOpt.Count(option, SockOpt.Place.ofTcp(name)));
        }
    }

    static void addSocket(List<SockOpt<?>> options) {
        if (Abi.HOST.isDefined("SO_INCOMING_NAPI_ID")) {
            options.add(
                    new SockOpt.ReadOnly(
                            ExtendedSocketOptions.SO_INCOMING_NAPI_ID,
                            SockOpt.Place.ofSocket(Abi.HOST.constant("SO_INCOMING_NAPI_ID"))));
        }
    }

    static void addDatagram(List<SockOpt<?>> options, boolean ipv6) {
        if (IpOptions.hasDontFragment()) {
            options.add(IpOptions.dontFragment(ExtendedSocketOptions.IP_DONTFRAGMENT, ipv6));
        }
    }

    static void addUnix(List<SockOpt<?>> options) {
        if (PeerCredentials.areSupported()) {
            options.add(new PeerCredentials());
        }
    }
}
