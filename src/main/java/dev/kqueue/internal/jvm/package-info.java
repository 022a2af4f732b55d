/**
 * Which Java runs this library, and whether it is new enough. Compiled for Java 8, with the other classes that an older
 * Java loads first: {@code src/main/java8.args} lists them.
 */
package dev.kqueue.internal.jvm;
