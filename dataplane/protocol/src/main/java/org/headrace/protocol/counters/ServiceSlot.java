package org.headrace.protocol.counters;

import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;

/**
 * A service as the counters file shows it.
 *
 * @param slot       its place in the file.
 * @param state      whether it is in force.
 * @param key        who it is.
 * @param scheduler  how it chooses servers.
 * @param forwarding how packets reach its servers.
 * @param name       {@code instance/listener}.
 */
public record ServiceSlot(
    int slot, SlotState state, ServiceKey key, Scheduler scheduler, ForwardingMethod forwarding, String name)
{
}
