/**
 * The programs that come with the jar. They use what any program can use: the exported packages. The report of {@link
 * dev.kqueue.tool.doctor} alone looks behind them.
 */
package dev.kqueue.tool;
