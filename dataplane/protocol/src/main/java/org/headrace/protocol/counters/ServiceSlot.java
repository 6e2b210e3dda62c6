package org.headrace.protocol.counters;

import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.AccessMode;
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
 * @param accessMode whom the access list names, {@code NULL_VAL} without a list.
 * @param accessPrefixes prefixes of the access list.
 */
public record ServiceSlot(
    int slot,
    SlotState state,
    ServiceKey key,
    Scheduler scheduler,
    ForwardingMethod forwarding,
    String name,
    AccessMode accessMode,
    int accessPrefixes)
{
}
