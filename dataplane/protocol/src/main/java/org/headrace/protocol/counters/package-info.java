/**
 * Counters that the data plane writes and everybody may read: one mapped file, laid out by
 * {@link org.headrace.protocol.counters.CountersDescriptor}. A reader never asks a worker, so a hung or dead worker can
 * still be looked at.
 */
package org.headrace.protocol.counters;
