/**
 * The constants, structure layouts and quirks of each system, as data. Refers to nothing else of this library.
 *
 * <p>Every package below {@code dev.kqueue} may read it. It is the only one that asks for the name of the system: other
 * code asks for an ability, or reads a value.
 *
 * <p>Begin with {@link dev.kqueue.internal.abi.Abi}, then read the class of one system, {@link
 * dev.kqueue.internal.abi.FreeBsd} for one. {@link dev.kqueue.internal.abi.Quirk} lists what no table can express.
 */
package dev.kqueue.internal.abi;
