package org.headrace.forwarder.control;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.counters.SlotState;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a data plane that was killed leaves to its successor beside connections and counters: the generation in force,
 * and which number every service, server and timeout profile has, because the connections name them by it.
 *
 * @param messages         of the generation in force, each after its length in four bytes, big-endian.
 * @param timeoutProfiles  rows of timeouts in milliseconds, one for each state; the first row is profile 1.
 * @param services         in force, and retained for their connections.
 * @param servers          likewise.
 * @param adjacencies      next hops as the last delta left them.
 * @param localAddresses   of this host, likewise.
 */
record RetainedState(
    byte[] messages,
    List<int[]> timeoutProfiles,
    List<Service> services,
    List<Server> servers,
    Map<IpAddress, Generation.Adjacency> adjacencies,
    Set<IpAddress> localAddresses)
{
    /**
     * @param slot       of the service.
     * @param state      in force or retained.
     * @param key        who it is.
     * @param scheduler  for the counters file.
     * @param forwarding for the counters file.
     * @param name       for the counters file.
     */
    record Service(
        int slot, SlotState state, ServiceKey key, Scheduler scheduler, ForwardingMethod forwarding, String name)
    {
        Service retired()
        {
            return new Service(slot, SlotState.RETAINED, key, scheduler, forwarding, name);
        }
    }

    /**
     * @param slot        of the server.
     * @param state       in force or retained.
     * @param serviceSlot service that it belongs to.
     * @param server      who it is.
     */
    record Server(int slot, SlotState state, int serviceSlot, Endpoint server)
    {
    }
}
