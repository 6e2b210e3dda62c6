package org.headrace.forwarder.control;

import org.headrace.forwarder.guard.AccessList;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Limits;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One whole configuration as the agent sent it, checked for itself.
 *
 * @param number         of the generation.
 * @param services       by key, in the order of the configuration.
 * @param adjacencies    next hops by server address.
 * @param localAddresses of this host.
 * @param limits         by name.
 */
record Generation(
    long number,
    Map<ServiceKey, Service> services,
    Map<IpAddress, Adjacency> adjacencies,
    Set<IpAddress> localAddresses,
    Map<String, Limits> limits)
{
    /**
     * @param key        who it is.
     * @param scheduler  how it chooses servers.
     * @param forwarding how packets reach its servers.
     * @param timeouts   of its idle connections.
     * @param persistence of its clients.
     * @param name       {@code instance/listener}.
     * @param access     which clients get in, or null for all.
     * @param limits     names of the limits that it is subject to.
     * @param servers    by address and port, in order.
     */
    record Service(
        ServiceKey key,
        Scheduler scheduler,
        ForwardingMethod forwarding,
        StateTimeouts timeouts,
        Persistence persistence,
        String name,
        AccessList access,
        List<String> limits,
        LinkedHashMap<Endpoint, Server> servers)
    {
        Service with(final AccessList newAccess, final List<String> newLimits)
        {
            return new Service(
                key, scheduler, forwarding, timeouts, persistence, name, newAccess, newLimits, servers);
        }
    }

    /**
     * @param weight 0 to 65535.
     * @param state  what the health check says.
     */
    record Server(int weight, ServerState state)
    {
    }

    /**
     * @param interfaceIndex the kernel's, 0 when unresolved.
     * @param mac            destination, low 48 bits.
     * @param mtuBytes       of the way.
     */
    record Adjacency(int interfaceIndex, long mac, int mtuBytes)
    {
    }

    /** The same services with other surroundings. */
    Generation with(final Map<IpAddress, Adjacency> newAdjacencies, final Set<IpAddress> newLocalAddresses)
    {
        return new Generation(number, services, newAdjacencies, newLocalAddresses, limits);
    }

    int serverCount()
    {
        return services.values().stream().mapToInt(service -> service.servers().size()).sum();
    }
}
