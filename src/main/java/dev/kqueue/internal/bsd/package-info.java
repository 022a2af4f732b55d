/**
 * kqueue(2) of macOS and the BSDs: each call goes to the kernel, with the differences between systems evened out.
 *
 * <p>Only {@code dev.kqueue.HostKQueue} names its classes; all others see {@link dev.kqueue.KQueue}.
 *
 * <p>Begin with {@code KernelKQueue}. {@code Abilities} asks the kernel which filters it has. {@code Kernel} is the
 * seam that tests replace by a scripted kernel.
 */
package dev.kqueue.internal.bsd;
