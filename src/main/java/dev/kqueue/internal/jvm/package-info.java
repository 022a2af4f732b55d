/**
 * Which Java runs this library, whether it is new enough, and what its classes lack. What an older Java loads first is
 * compiled for Java 8: {@code src/main/java8.args} lists it.
 */
package dev.kqueue.internal.jvm;
