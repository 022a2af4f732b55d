package dev.kqueue.internal.abi;

/** The variant of a system's ABI: the architecture and (Linux) the C library. */
record Variant(String architecture, String cLibrary) {
    boolean matches(String word) {
        return word.equals(architecture) || word.equals(cLibrary);
    }

    @Override
    public String toString() {
        return cLibrary.isEmpty() ? architecture : architecture + ", " + cLibrary;
    }
}
