package dev.kqueue.standin;

/** Over a stand-in for OpenBSD. */
class OverOpenBsdTest extends OverStandIn {
    @Override
    String abi() {
        return "openbsd";
    }
}
