package dev.kqueue.standin;

/** Over a stand-in for DragonFly BSD. */
class OverDragonFlyTest extends OverStandIn {
    @Override
    String abi() {
        return "dragonfly";
    }
}
