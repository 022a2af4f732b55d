/**
 * What this machine offers to kqueue-nio, and whether it works: the report of {@code ./kq doctor}. Unlike the other
 * programs it looks behind the exported packages, since it is asked when those do not do what they should.
 */
package dev.kqueue.tool.doctor;
