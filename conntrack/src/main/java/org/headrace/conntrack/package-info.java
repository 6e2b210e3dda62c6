/**
 * The connection table: every tracked connection of one worker, off-heap, reachable by the tuples of both directions.
 *
 * <p>A leaf. It does no I/O, starts no thread, reads no clock and writes no log: memory and time are handed in. Start
 * at {@link org.headrace.conntrack.ConnectionTable}; the bytes are drawn in {@code DESIGN_NOTES.md} beside this file.
 */
package org.headrace.conntrack;
