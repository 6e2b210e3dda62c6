package org.headrace.agent.publish;

import org.headrace.agent.config.NamedLimits;
import org.headrace.agent.netlink.Adjacency;
import org.headrace.protocol.AccessRules;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;

import java.util.List;

/**
 * All entries of one generation, at one instant.
 *
 * @param services       with their servers.
 * @param adjacencies    of the servers.
 * @param localAddresses of this host.
 */
public record GenerationContent(
    List<Service> services, List<Adjacency> adjacencies, List<IpAddress> localAddresses)
{
    /** Nothing at all. */
    public static final GenerationContent EMPTY = new GenerationContent(List.of(), List.of(), List.of());

    public GenerationContent
    {
        services = List.copyOf(services);
        adjacencies = List.copyOf(adjacencies);
        localAddresses = List.copyOf(localAddresses);
    }

    /** @return access lists of the services, each once. */
    public List<AccessRules> accessLists()
    {
        return services.stream().map(Service::access).filter(access -> !access.isOpen()).distinct().toList();
    }

    /** @return limits of the services, each once. */
    public List<NamedLimits> limits()
    {
        return services.stream().flatMap(service -> service.limits().stream()).distinct().toList();
    }

    /** @return servers over all services. */
    public int serverCount()
    {
        return services.stream().mapToInt(service -> service.servers().size()).sum();
    }

    /**
     * @param key        who it is.
     * @param scheduler  how it chooses servers.
     * @param forwarding how packets reach them.
     * @param timeouts   of its idle connections.
     * @param persistence of its clients.
     * @param name       {@code instance/listener}.
     * @param access     which clients get in.
     * @param limits     that it is subject to, together with others.
     * @param servers    of the service.
     */
    public record Service(
        ServiceKey key,
        Scheduler scheduler,
        ForwardingMethod forwarding,
        StateTimeouts timeouts,
        Persistence persistence,
        String name,
        AccessRules access,
        List<NamedLimits> limits,
        List<Server> servers)
    {
        public Service
        {
            limits = List.copyOf(limits);
            servers = List.copyOf(servers);
        }
    }

    /**
     * @param endpoint who it is.
     * @param weight   0 to 65535.
     * @param state    what the health check says.
     */
    public record Server(Endpoint endpoint, int weight, ServerState state)
    {
    }
}
