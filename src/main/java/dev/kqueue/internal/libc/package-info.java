/**
 * The C library: a class for each header, and its functions under their C names. A function returns what the C function
 * returns, or {@code -errno}.
 *
 * <p>Every package but {@code abi}, {@code thread} and {@code directory} may call it. It is the only one that uses
 * {@link java.lang.foreign.Linker}.
 *
 * <p>Begin with {@code CLibrary}, which says what a critical call is, then read {@link
 * dev.kqueue.internal.libc.Unistd}. {@link dev.kqueue.internal.libc.Errno} turns an errno into an exception.
 */
package dev.kqueue.internal.libc;
