package dev.kqueue;

/** EVFILT_READ of a pipe. */
class ReadPipeTest extends ReadFilterContract {
    @Override
    protected Pair openPair() {
        return Pair.pipe();
    }

    @Override
    protected void requireLowWater() {
        super.requireLowWater();
        Ability.PIPE_LOW_WATER.assume();
    }
}
