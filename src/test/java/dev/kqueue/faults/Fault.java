package dev.kqueue.faults;

/**
 * One fault to be tried: which call of which function fails, with what, and for how long.
 *
 * @param phase of the scenario in which it is armed
 * @param skip how many calls succeed before, in that phase
 * @param isLasting whether all later calls of the phase fail, too
 */
record Fault(Phase phase, String function, FunctionTable.Failure error, long skip, boolean isLasting) {
    /** What a scenario goes through, one after the other, each tried with faults. */
    enum Phase {
        OPEN,
        ACT,
        CLOSE
    }

    long count() {
        return isLasting ? Long.MAX_VALUE / 2 : 1;
    }

    @Override
    public String toString() {
        return phase + " " + function + " " + error.name() + " call " + skip + (isLasting ? " and all later" : "");
    }
}
