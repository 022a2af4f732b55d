/** The programs that come with the jar. They use what any program can use: the exported packages. */
package dev.kqueue.tool;
