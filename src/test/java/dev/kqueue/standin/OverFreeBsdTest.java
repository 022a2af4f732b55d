package dev.kqueue.standin;

/** Over a stand-in for FreeBSD. */
class OverFreeBsdTest extends OverStandIn {
    @Override
    String abi() {
        return "freebsd";
    }
}
