package dev.kqueue.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** What an event of a connection says of its other end: as the JDK's do. */
@Category("kqueue-nio")
abstract class SocketEvent extends Event {
    @Label("Remote Host")
    String host;

    @Label("Remote Address")
    String address;

    @Label("Remote Port")
    int port;

    void setRemote(SocketAddress remote) {
        switch (remote) {
            case InetSocketAddress internet -> {
                host = internet.getHostString();
                address = internet.getAddress().getHostAddress();
                port = internet.getPort();
            }
            case UnixDomainSocketAddress unix -> {
                host = "Unix domain socket";
                address = "[" + unix.getPath() + "]";
            }
            default -> {
                host = remote.toString();
                address = "";
            }
        }
    }
}
