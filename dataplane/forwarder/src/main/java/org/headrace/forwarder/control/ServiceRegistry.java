package org.headrace.forwarder.control;

import static org.headrace.protocol.codec.ResultCode.LIMIT_EXCEEDED;
import static org.headrace.protocol.codec.ResultCode.UNKNOWN_SERVER;
import static org.headrace.protocol.codec.ResultCode.UNKNOWN_SERVICE;

import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.SlotState;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which service and which server has which slot, over all generations. A server that leaves the configuration is
 * retained until its last connection has ended; then its slot is free again. Used by the conductor's thread only.
 */
final class ServiceRegistry
{
    private final ServerDirectory directory;
    private final TimeoutProfiles timeoutProfiles;
    private final LimitRegistry limits;
    private final SlotAllocator serviceSlots = new SlotAllocator(CountersDescriptor.SERVICE_SLOTS);
    private final SlotAllocator serverSlots = new SlotAllocator(CountersDescriptor.SERVER_SLOTS);
    private final Map<ServiceKey, ServiceEntry> services = new HashMap<>();
    private final Set<ServerEntry> retained = new LinkedHashSet<>();
    private final List<ServiceEntry> retainedServices = new ArrayList<>();

    ServiceRegistry(
        final ServerDirectory directory, final TimeoutProfiles timeoutProfiles, final LimitRegistry limits)
    {
        this.limits = limits;
        this.directory = directory;
        this.timeoutProfiles = timeoutProfiles;
    }

    /**
     * Gives services and servers the slots that they had under a predecessor; before the first {@link #apply}, which
     * decides what of it stays in force.
     *
     * @param state that the predecessor left.
     */
    void restore(final RetainedState state)
    {
        final Map<Integer, ServiceEntry> bySlot = new HashMap<>();
        final BitSet takenServices = new BitSet();
        for (final RetainedState.Service service : state.services())
        {
            final ServiceEntry entry = new ServiceEntry(service.key(), service.slot());
            entry.description = service;
            bySlot.put(service.slot(), entry);
            takenServices.set(service.slot());
            if (service.state() == SlotState.IN_FORCE)
            {
                services.put(service.key(), entry);
            }
            else
            {
                retainedServices.add(entry);
                directory.retireService(service);
            }
        }
        final BitSet takenServers = new BitSet();
        for (final RetainedState.Server server : state.servers())
        {
            takenServers.set(server.slot());
            restore(server, bySlot.get(server.serviceSlot()));
        }
        serviceSlots.restore(takenServices);
        serverSlots.restore(takenServers);
        directory.retainSlots(takenServices, takenServers);
    }

    private void restore(final RetainedState.Server server, final ServiceEntry service)
    {
        final ServerEntry entry = new ServerEntry(server.server(), service, server.slot());
        directory.add(server.slot(), service.key, server.server(), service.slot);
        if (server.state() == SlotState.IN_FORCE)
        {
            service.servers.put(server.server(), entry);
        }
        else
        {
            service.retainedServers.put(entry.endpoint, entry);
            retained.add(entry);
            directory.retire(server.slot());
            directory.selectRetained(service.key, server.server());
        }
    }

    /** All services that have a slot. */
    List<RetainedState.Service> services()
    {
        return Stream.concat(services.values().stream(), retainedServices.stream())
            .map(entry -> entry.description).toList();
    }

    /** All servers that have a slot. */
    List<RetainedState.Server> servers()
    {
        return Stream.concat(
            services.values().stream().flatMap(service -> service.servers.values().stream())
                .map(server -> server.description(SlotState.IN_FORCE)),
            retained.stream().map(server -> server.description(SlotState.RETAINED))).toList();
    }

    /**
     * Makes the generation the one in force.
     *
     * @param generation checked for itself.
     * @return the table for the workers.
     * @throws RejectedException if it does not fit; nothing has changed then.
     */
    ForwardingTable apply(final Generation generation) throws RejectedException
    {
        checkThatItFits(generation);
        limits.check(generation);
        final Map<ServiceKey, Integer> timeouts = new HashMap<>();
        for (final Generation.Service service : generation.services().values())
        {
            timeouts.put(service.key(), timeoutProfiles.profile(service.timeouts()));
        }
        directory.select(generation);
        directory.adjacencies(generation.adjacencies());
        final List<ForwardingTable.Service> table = new ArrayList<>(generation.services().size());
        for (final Generation.Service service : generation.services().values())
        {
            table.add(applyService(service, generation.number(), timeouts.get(service.key())));
        }
        for (final ServiceEntry entry : new ArrayList<>(services.values()))
        {
            if (!generation.services().containsKey(entry.key))
            {
                retireService(entry, generation.number());
            }
        }
        final Map<ServiceKey, Integer> slots = new HashMap<>();
        table.forEach(service -> slots.put(service.key(), service.slot()));
        return new ForwardingTable(generation.number(), table, limits.apply(generation, slots));
    }

    void weight(final ServiceKey service, final Endpoint server, final int weight) throws RejectedException
    {
        directory.weight(find(service, server), weight);
    }

    void health(final ServiceKey service, final Endpoint server, final ServerState state) throws RejectedException
    {
        directory.health(find(service, server), state);
    }

    void adjacency(final IpAddress server, final Generation.Adjacency adjacency)
    {
        directory.adjacency(server, adjacency);
    }

    /**
     * Frees the slots of retired servers without connections.
     *
     * @param oldestGeneration that a worker still forwards by; such a worker may still open connections.
     * @return number of slots freed.
     */
    int freeUnused(final long oldestGeneration)
    {
        int freed = 0;
        for (final Iterator<ServerEntry> iterator = retained.iterator(); iterator.hasNext();)
        {
            final ServerEntry server = iterator.next();
            if (server.retiredBy <= oldestGeneration && !directory.hasConnections(server.slot))
            {
                directory.remove(server.slot, server.service.key, server.endpoint, server.service.slot);
                serverSlots.release(server.slot);
                server.service.retainedServers.remove(server.endpoint);
                iterator.remove();
                freed++;
            }
        }
        for (final Iterator<ServiceEntry> iterator = retainedServices.iterator(); iterator.hasNext();)
        {
            final ServiceEntry service = iterator.next();
            if (service.retainedServers.isEmpty() && service.retiredBy <= oldestGeneration)
            {
                directory.removeService(service.slot, service.key, !services.containsKey(service.key));
                serviceSlots.release(service.slot);
                iterator.remove();
                freed++;
            }
        }
        return freed;
    }

    private ForwardingTable.Service applyService(
        final Generation.Service service, final long generation, final int timeouts)
    {
        ServiceEntry entry = services.get(service.key());
        if (entry == null)
        {
            entry = new ServiceEntry(service.key(), serviceSlots.allocate());
            services.put(service.key(), entry);
        }
        directory.describeService(entry.slot, service);
        entry.description = new RetainedState.Service(entry.slot, SlotState.IN_FORCE, entry.key, service.scheduler(),
            service.forwarding(), service.name());
        final int[] slots = new int[service.servers().size()];
        int i = 0;
        for (final Map.Entry<Endpoint, Generation.Server> wanted : service.servers().entrySet())
        {
            ServerEntry server = entry.servers.get(wanted.getKey());
            if (server == null)
            {
                server = comeBack(entry, wanted.getKey());
            }
            slots[i++] = server.slot;
            directory.update(server.slot, wanted.getValue().weight(), wanted.getValue().state());
        }
        for (final ServerEntry server : new ArrayList<>(entry.servers.values()))
        {
            if (!service.servers().containsKey(server.endpoint))
            {
                retireServer(entry, server, generation);
            }
        }
        // The same array while the servers are the same: a scheduler goes on with its turn where it stands.
        entry.slots = Arrays.equals(entry.slots, slots) ? entry.slots : slots;
        return new ForwardingTable.Service(entry.slot, entry.key, service.scheduler(), timeouts,
            service.persistence(), service.access(), entry.slots);
    }

    /** A server that is new to the service, or one that had left it and still has connections. */
    private ServerEntry comeBack(final ServiceEntry service, final Endpoint endpoint)
    {
        final ServerEntry former = service.retainedServers.remove(endpoint);
        if (former != null)
        {
            retained.remove(former);
            service.servers.put(endpoint, former);
            directory.restore(former.slot);
            return former;
        }
        final ServerEntry server = new ServerEntry(endpoint, service, serverSlots.allocate());
        service.servers.put(endpoint, server);
        directory.add(server.slot, service.key, endpoint, service.slot);
        return server;
    }

    private void retireServer(final ServiceEntry service, final ServerEntry server, final long generation)
    {
        service.servers.remove(server.endpoint);
        service.retainedServers.put(server.endpoint, server);
        server.retiredBy = generation;
        retained.add(server);
        directory.retire(server.slot);
    }

    private void retireService(final ServiceEntry service, final long generation)
    {
        services.remove(service.key);
        for (final ServerEntry server : new ArrayList<>(service.servers.values()))
        {
            retireServer(service, server, generation);
        }
        service.retiredBy = generation;
        retainedServices.add(service);
        service.description = service.description.retired();
        directory.retireService(service.description);
    }

    private void checkThatItFits(final Generation generation) throws RejectedException
    {
        int newServices = 0;
        int newServers = 0;
        for (final Generation.Service service : generation.services().values())
        {
            final ServiceEntry entry = services.get(service.key());
            newServices += entry == null ? 1 : 0;
            for (final Endpoint server : service.servers().keySet())
            {
                newServers += entry == null || !entry.servers.containsKey(server) ? 1 : 0;
            }
        }
        checkRoom("services", newServices, serviceSlots);
        checkRoom("servers", newServers, serverSlots);
    }

    private static void checkRoom(final String what, final int wanted, final SlotAllocator slots)
        throws RejectedException
    {
        if (wanted > slots.available())
        {
            throw new RejectedException(LIMIT_EXCEEDED, "new " + what + "=" + wanted + " > free slots=" +
                slots.available() + " (removed ones keep theirs until their last connection ends)");
        }
    }

    /** Returns the slot of a server in force, or -1. */
    int slot(final ServiceKey key, final Endpoint endpoint)
    {
        final ServiceEntry service = services.get(key);
        final ServerEntry server = service == null ? null : service.servers.get(endpoint);
        return server == null ? ConfigurationInForce.NO_SLOT : server.slot;
    }

    private int find(final ServiceKey key, final Endpoint endpoint) throws RejectedException
    {
        final ServiceEntry service = services.get(key);
        if (service == null)
        {
            throw new RejectedException(UNKNOWN_SERVICE, "service=" + key + " is not configured");
        }
        final ServerEntry server = service.servers.get(endpoint);
        if (server == null)
        {
            throw new RejectedException(UNKNOWN_SERVER, "server=" + endpoint + " is not part of service=" + key);
        }
        return server.slot;
    }

    private static final class ServiceEntry
    {
        private final ServiceKey key;
        private final int slot;
        private final Map<Endpoint, ServerEntry> servers = new HashMap<>();
        private final Map<Endpoint, ServerEntry> retainedServers = new HashMap<>();
        private RetainedState.Service description;
        private int[] slots;
        private long retiredBy;

        private ServiceEntry(final ServiceKey key, final int slot)
        {
            this.key = key;
            this.slot = slot;
        }
    }

    private static final class ServerEntry
    {
        private final Endpoint endpoint;
        private final ServiceEntry service;
        private final int slot;
        private long retiredBy;

        private ServerEntry(final Endpoint endpoint, final ServiceEntry service, final int slot)
        {
            this.endpoint = endpoint;
            this.service = service;
            this.slot = slot;
        }

        private RetainedState.Server description(final SlotState state)
        {
            return new RetainedState.Server(slot, state, service.slot, endpoint);
        }
    }
}
