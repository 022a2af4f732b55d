package dev.kqueue.standin;

/** Over a stand-in for NetBSD. */
class OverNetBsdTest extends OverStandIn {
    @Override
    String abi() {
        return "netbsd";
    }
}
