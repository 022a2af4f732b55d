/** kqueue(2) in Java, in the kernel's own words. */
package dev.kqueue;
