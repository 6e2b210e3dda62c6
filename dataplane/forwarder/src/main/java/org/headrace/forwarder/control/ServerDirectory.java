package org.headrace.forwarder.control;

import static org.headrace.protocol.codec.ResultCode.INTERNAL_ERROR;

import org.agrona.collections.IntHashSet;
import org.agrona.collections.Object2ObjectHashMap;
import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.io.PacketSelection;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.codec.Transport;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.ServerCounter;
import org.headrace.protocol.counters.SlotState;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Keeps three views of the same servers in step: the table that the workers read, the counters file that everybody may
 * read, and the selection of packets in the kernel. Used by the conductor's thread only.
 */
final class ServerDirectory
{
    private record Reachable(Transport transport, Endpoint server)
    {
    }

    private final ServerTable table;
    private final CountersFile counters;
    private final PacketSelection selection;
    private final NetworkLink[] interfaces;
    private final SlotState[] states;
    private final Map<Reachable, Integer> users = new HashMap<>();
    private final Set<Reachable> selected = new HashSet<>();
    private final Map<IpAddress, IntHashSet> slotsByAddress = new Object2ObjectHashMap<>();
    private final Set<IpAddress> locals = new HashSet<>();
    private Map<IpAddress, Generation.Adjacency> adjacencies = new HashMap<>();
    private boolean isAttached;

    ServerDirectory(
        final ServerTable table,
        final CountersFile counters,
        final PacketSelection selection,
        final NetworkLink[] interfaces)
    {
        this.table = table;
        this.counters = counters;
        this.selection = selection;
        this.interfaces = interfaces;
        this.states = new SlotState[table.slots()];
    }

    /**
     * Lets the kernel select the packets of a generation. Comes first: it is the only step that can fail, and selecting
     * too much does no harm, because the workers pass on what they do not know.
     */
    void select(final Generation generation) throws RejectedException
    {
        try
        {
            generation.localAddresses().forEach(this::addLocal);
            for (final Generation.Service service : generation.services().values())
            {
                final int transport = service.key().transport().value();
                for (final Endpoint server : service.servers().keySet())
                {
                    selectServer(service.key().transport(), server);
                }
                final IpAddress address = service.key().virtual().address();
                selection.addService(transport, address.high(), address.low(), service.key().virtual().port());
            }
        }
        catch (final RuntimeException ex)
        {
            throw new RejectedException(
                INTERNAL_ERROR, "the kernel refused the selection of packets: " + ex.getMessage());
        }
        for (final IpAddress local : new ArrayList<>(locals))
        {
            if (!generation.localAddresses().contains(local))
            {
                removeLocal(local);
            }
        }
    }

    /** After the first generation is in the workers' hands, the kernel lets go of our packets. */
    void attachOnce() throws RejectedException
    {
        if (!isAttached)
        {
            try
            {
                selection.attach();
                isAttached = true;
            }
            catch (final RuntimeException ex)
            {
                throw new RejectedException(INTERNAL_ERROR, "cannot keep packets from the kernel: " + ex.getMessage());
            }
        }
    }

    /** Selects packets of what is no longer configured but still has connections; see {@link #select}. */
    void selectRetained(final ServiceKey service, final Endpoint server)
    {
        final int transport = service.transport().value();
        final Endpoint virtual = service.virtual();
        selection.addService(transport, virtual.address().high(), virtual.address().low(), virtual.port());
        selectServer(service.transport(), server);
    }

    /** Shows exactly these slots, whatever a predecessor has left in the counters file. */
    void retainSlots(final BitSet services, final BitSet servers)
    {
        counters.retainSlots(services, servers);
    }

    boolean isOccupied(final int slot)
    {
        return slot < states.length && states[slot] != null && states[slot] != SlotState.FREE;
    }

    Map<IpAddress, Generation.Adjacency> adjacencies()
    {
        return adjacencies;
    }

    Set<IpAddress> locals()
    {
        return locals;
    }

    void addLocal(final IpAddress address)
    {
        selection.addLocal(address.high(), address.low());
        locals.add(address);
    }

    void removeLocal(final IpAddress address)
    {
        selection.removeLocal(address.high(), address.low());
        locals.remove(address);
    }

    void adjacencies(final Map<IpAddress, Generation.Adjacency> newAdjacencies)
    {
        // Servers that are no longer configured but have connections keep the way that they had.
        final Map<IpAddress, Generation.Adjacency> merged = new HashMap<>(adjacencies);
        merged.keySet().retainAll(slotsByAddress.keySet());
        merged.putAll(newAdjacencies);
        adjacencies = merged;
        slotsByAddress.values().forEach(slots -> slots.forEachInt(this::updateNextHop));
    }

    void adjacency(final IpAddress server, final Generation.Adjacency adjacency)
    {
        adjacencies.put(server, adjacency);
        final IntHashSet slots = slotsByAddress.get(server);
        if (slots != null)
        {
            slots.forEachInt(this::updateNextHop);
        }
    }

    void describeService(final int slot, final Generation.Service service)
    {
        counters.putService(
            slot, SlotState.IN_FORCE, service.key(), service.scheduler(), service.forwarding(), service.name());
        final AccessList access = service.access();
        counters.putServiceAccess(slot,
            access == null ? AccessMode.NULL_VAL : access.isAllow() ? AccessMode.ALLOW : AccessMode.DENY,
            access == null ? 0 : access.size());
    }

    void retireService(final RetainedState.Service service)
    {
        counters.putService(service.slot(), SlotState.RETAINED, service.key(), service.scheduler(),
            service.forwarding(), service.name());
    }

    void removeService(final int slot, final ServiceKey key, final boolean isGone)
    {
        counters.freeService(slot);
        if (isGone)
        {
            final IpAddress address = key.virtual().address();
            selection.removeService(key.transport().value(), address.high(), address.low(), key.virtual().port());
        }
    }

    void add(final int slot, final ServiceKey service, final Endpoint server, final int serviceSlot)
    {
        table.occupy(slot, server, serviceSlot);
        table.identity(slot, ServerIdentity.of(service, server));
        states[slot] = SlotState.IN_FORCE;
        users.merge(new Reachable(service.transport(), server), 1, Integer::sum);
        slotsByAddress.computeIfAbsent(server.address(), address -> new IntHashSet()).add(slot);
        updateNextHop(slot);
    }

    void restore(final int slot)
    {
        states[slot] = SlotState.IN_FORCE;
        table.inForce(slot, true);
    }

    void update(final int slot, final int weight, final ServerState health)
    {
        table.weight(slot, weight);
        table.health(slot, health);
        show(slot);
    }

    void weight(final int slot, final int weight)
    {
        table.weight(slot, weight);
        show(slot);
    }

    void health(final int slot, final ServerState state)
    {
        table.health(slot, state);
        show(slot);
    }

    void retire(final int slot)
    {
        states[slot] = SlotState.RETAINED;
        table.inForce(slot, false);
        show(slot);
    }

    boolean hasConnections(final int slot)
    {
        return counters.get(slot, ServerCounter.ACTIVE_CONNECTIONS) != 0 ||
            counters.get(slot, ServerCounter.INACTIVE_CONNECTIONS) != 0;
    }

    void remove(final int slot, final ServiceKey service, final Endpoint server, final int serviceSlot)
    {
        states[slot] = SlotState.FREE;
        counters.freeServer(slot, serviceSlot);
        final IntHashSet slots = slotsByAddress.get(server.address());
        slots.remove(slot);
        if (slots.isEmpty())
        {
            slotsByAddress.remove(server.address());
        }
        final Reachable reachable = new Reachable(service.transport(), server);
        if (users.merge(reachable, -1, Integer::sum) == 0)
        {
            users.remove(reachable);
            selected.remove(reachable);
            final IpAddress address = server.address();
            selection.removeServer(service.transport().value(), address.high(), address.low(), server.port());
        }
    }

    /** Each change of the kernel's map is a system call, and many services may have one server. */
    private void selectServer(final Transport transport, final Endpoint server)
    {
        final Reachable reachable = new Reachable(transport, server);
        if (!selected.contains(reachable))
        {
            final IpAddress address = server.address();
            selection.addServer(transport.value(), address.high(), address.low(), server.port());
            selected.add(reachable);
        }
    }

    private void updateNextHop(final int slot)
    {
        final Generation.Adjacency adjacency = adjacencies.get(table.endpoint(slot).address());
        final int place = adjacency == null ? -1 : place(adjacency.interfaceIndex());
        final long hop = place < 0 ? NextHop.UNRESOLVED : NextHop.of(place, adjacency.mac());
        final int mtuBytes = place < 0 ? 0 : adjacency.mtuBytes() > 0 ?
            Math.min(adjacency.mtuBytes(), interfaces[place].mtuBytes()) : interfaces[place].mtuBytes();
        table.nextHop(slot, hop, mtuBytes);
        show(slot);
    }

    private void show(final int slot)
    {
        counters.putServer(slot, states[slot], table.service(slot), table.endpoint(slot), table.weight(slot),
            table.health(slot), table.nextHopOpaque(slot) != NextHop.UNRESOLVED);
    }

    private int place(final int interfaceIndex)
    {
        for (int i = 0; i < interfaces.length; i++)
        {
            if (interfaces[i].index() == interfaceIndex)
            {
                return i;
            }
        }
        return -1;
    }
}
