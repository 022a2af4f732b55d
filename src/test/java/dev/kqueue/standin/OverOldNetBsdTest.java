package dev.kqueue.standin;

import java.util.List;
import java.util.Map;

/** Over a stand-in for NetBSD 9: no EVFILT_USER, and timers that count milliseconds whatever their unit. */
class OverOldNetBsdTest extends OverStandIn {
    @Override
    String abi() {
        return "netbsd";
    }

    @Override
    String[] options() {
        return new String[] {"-DSTANDIN_OLD"};
    }

    @Override
    List<String> classes() {
        return List.of(
                "dev.kqueue.KQueueWaitTest",
                "dev.kqueue.TimerFilterTest",
                "dev.kqueue.nio.ProcessKeysTest",
                "dev.kqueue.nio.SelectorRacesTest",
                "dev.kqueue.internal.channel.TcpConnectTest",
                "dev.kqueue.nio.TimerKeysTest",
                "dev.kqueue.nio.UserKeysTest",
                "dev.kqueue.tool.doctor.DoctorTest");
    }

    @Override
    Map<String, String> leftOut() {
        return Map.of();
    }
}
