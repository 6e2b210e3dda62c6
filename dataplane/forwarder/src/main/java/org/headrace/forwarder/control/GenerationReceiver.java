package org.headrace.forwarder.control;

import org.headrace.protocol.ControlRequestAdapter;
import org.headrace.protocol.ControlRequestListener;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Limits;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.PrefixBlock;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;

/** Hands the entries of a generation to its builder, and the whole, or its fault, to a subclass. */
abstract class GenerationReceiver implements ControlRequestListener
{
    /** In place of a generation: the entry is a delta. */
    private static final long DELTA = 0;

    private final ControlRequestAdapter adapter = new ControlRequestAdapter(this);
    private final GenerationBuilder builder = new GenerationBuilder();

    final ControlRequestAdapter adapter()
    {
        return adapter;
    }

    final boolean isReceiving()
    {
        return builder.isOpen();
    }

    abstract void onWhole(long correlationId, Generation whole);

    abstract void onFault(long correlationId, long generation, RejectedException fault);

    abstract void onAdjacency(IpAddress server, Generation.Adjacency adjacency);

    abstract void onLocalAddress(IpAddress address, boolean isPresent);

    @Override
    public void onGenerationBegin(final long correlationId, final long generation)
    {
        builder.begin(generation);
    }

    @Override
    public final void onServiceEntry(
        final long generation,
        final ServiceKey service,
        final Scheduler scheduler,
        final ForwardingMethod forwarding,
        final StateTimeouts timeouts,
        final Persistence persistence,
        final String name)
    {
        builder.service(generation, service, scheduler, forwarding, timeouts, persistence, name);
    }

    @Override
    public final void onServerEntry(
        final long generation, final Endpoint server, final int weight, final ServerState state)
    {
        builder.server(generation, server, weight, state);
    }

    @Override
    public final void onAdjacencyEntry(
        final long generation,
        final IpAddress server,
        final int interfaceIndex,
        final long destinationMac,
        final int mtuBytes)
    {
        if (generation == DELTA)
        {
            onAdjacency(server, new Generation.Adjacency(interfaceIndex, destinationMac, mtuBytes));
        }
        else
        {
            builder.adjacency(generation, server, interfaceIndex, destinationMac, mtuBytes);
        }
    }

    @Override
    public final void onLocalAddressEntry(final long generation, final IpAddress address, final boolean isPresent)
    {
        if (generation == DELTA)
        {
            onLocalAddress(address, isPresent);
        }
        else
        {
            builder.localAddress(generation, address);
        }
    }

    @Override
    public final void onAccessListEntry(
        final long generation, final int number, final AccessMode mode, final int prefixCount)
    {
        builder.accessList(generation, number, mode, prefixCount);
    }

    @Override
    public final void onAccessPrefixesEntry(final long generation, final PrefixBlock block)
    {
        builder.accessPrefixes(generation, block);
    }

    @Override
    public final void onServiceAccessEntry(final long generation, final int accessList)
    {
        builder.serviceAccess(generation, accessList);
    }

    @Override
    public final void onLimitEntry(final long generation, final int number, final Limits limits, final String name)
    {
        builder.limit(generation, number, limits, name);
    }

    @Override
    public final void onServiceLimitEntry(final long generation, final int limit)
    {
        builder.serviceLimit(generation, limit);
    }

    @Override
    public final void onGenerationCommit(
        final long correlationId,
        final long generation,
        final int serviceCount,
        final int serverCount,
        final int adjacencyCount,
        final int localAddressCount,
        final int checksum)
    {
        final Generation whole;
        try
        {
            whole = builder.commit(generation, serviceCount, serverCount, adjacencyCount, localAddressCount,
                checksum == adapter.entryChecksum());
        }
        catch (final RejectedException ex)
        {
            onFault(correlationId, generation, ex);
            return;
        }
        onWhole(correlationId, whole);
    }
}
