package dev.kqueue.nio.parity;

import java.util.ArrayList;
import java.util.List;

/** What TCP channels and their sockets do, on whatever provider this JVM has: a program that prints it. */
final class TcpBehaviour {
    private TcpBehaviour() {}

    public static void main(String[] args) throws Exception {
        lines().forEach(System.out::println);
    }

    static List<String> lines() throws Exception {
        List<String> lines = new ArrayList<>();
        Behaviour[] all = {
            new SocketChannelBehaviour(),
            new ConnectBehaviour(),
            new OptionBehaviour(),
            new ListenerBehaviour(),
            new SocketBehaviour()
        };
        for (Behaviour each : all) {
            lines.addAll(each.lines());
        }
        return lines;
    }
}
