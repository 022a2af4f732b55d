package dev.kqueue.standin;

/** Over a stand-in for macOS. */
class OverMacOsTest extends OverStandIn {
    @Override
    String abi() {
        return "macos";
    }
}
