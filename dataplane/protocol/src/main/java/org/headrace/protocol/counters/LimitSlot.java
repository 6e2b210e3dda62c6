package org.headrace.protocol.counters;

import org.headrace.protocol.Limits;

/**
 * A limit as the counters file shows it.
 *
 * @param slot   its place in the file.
 * @param name   {@code instance}, or {@code instance:listener}.
 * @param limits in force.
 */
public record LimitSlot(int slot, String name, Limits limits)
{
}
