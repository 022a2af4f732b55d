package dev.kqueue.internal.abi;

/**
 * What a kqueue does otherwise than the kernels' do and cannot be asked about at run time. Whatever can be probed is
 * not here: it is probed.
 */
public enum Quirk {
    /**
     * Closing a descriptor leaves its knotes behind, to fire for the next owner of the number; a kernel removes them
     * (kqueue(2)). libkqueue sees no close(2): its BUGS.md, and its issues 58 and 99.
     */
    CLOSE_LEAVES_KNOTES
}
