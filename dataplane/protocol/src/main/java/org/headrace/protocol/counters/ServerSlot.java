package org.headrace.protocol.counters;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.codec.ServerState;

/**
 * A server of a service as the counters file shows it.
 *
 * @param slot        its place in the file.
 * @param state       whether it is in force.
 * @param serviceSlot slot of the service it belongs to.
 * @param server      who it is.
 * @param weight      0 to 65535; 0 takes no new connections.
 * @param health      what the health check says.
 * @param isResolved  whether its next hop is known.
 */
public record ServerSlot(
    int slot, SlotState state, int serviceSlot, Endpoint server, int weight, ServerState health, boolean isResolved)
{
}
