package org.headrace.agent.publish;

import org.headrace.agent.config.NamedLimits;
import org.headrace.agent.netlink.Adjacency;
import org.headrace.protocol.ControlRequestProxy;
import org.headrace.protocol.IpAddress;

import java.util.List;

/** Sends one generation in as many steps as back pressure makes necessary. */
final class GenerationTransfer
{
    private enum Stage
    {
        BEGIN, ACCESS_LISTS, LIMITS, SERVICES, ADJACENCIES, LOCAL_ADDRESSES, COMMIT, DONE
    }

    /** In place of a server's index: what comes next is the service itself, or its access list, or its limits. */
    private static final int SERVICE = -4;
    private static final int ACCESS = -3;
    private static final int FIRST_LIMIT = -2;

    private final GenerationContent content;
    private final long generation;
    private final long correlationId;
    private final AccessListTransfer accessLists;
    private final List<NamedLimits> limits;
    private Stage stage = Stage.BEGIN;
    private int index;
    private int serverIndex = SERVICE;

    GenerationTransfer(final GenerationContent content, final long generation, final long correlationId)
    {
        this.content = content;
        this.generation = generation;
        this.correlationId = correlationId;
        this.accessLists = new AccessListTransfer(content.accessLists(), generation);
        this.limits = content.limits();
    }

    long generation()
    {
        return generation;
    }

    long correlationId()
    {
        return correlationId;
    }

    boolean isDone()
    {
        return stage == Stage.DONE;
    }

    /** Sends at most {@code limit} messages; returns how many were taken. */
    int send(final ControlRequestProxy proxy, final int limit)
    {
        int sent = 0;
        while (sent < limit && stage != Stage.DONE)
        {
            if (!sendOne(proxy))
            {
                return sent;
            }
            sent++;
            skipFinishedStages();
        }
        return sent;
    }

    private boolean sendOne(final ControlRequestProxy proxy)
    {
        return switch (stage)
        {
            case BEGIN -> advance(proxy.generationBegin(correlationId, generation), Stage.ACCESS_LISTS);
            case ACCESS_LISTS -> accessLists.sendOne(proxy);
            case LIMITS ->
            {
                final NamedLimits limit = limits.get(index);
                yield count(proxy.limitEntry(generation, index + 1, limit.limits(), limit.name()));
            }
            case SERVICES -> sendService(proxy);
            case ADJACENCIES ->
            {
                final Adjacency a = content.adjacencies().get(index);
                yield count(proxy.adjacencyEntry(
                    generation, a.server(), a.interfaceIndex(), a.destinationMac(), a.mtuBytes()));
            }
            case LOCAL_ADDRESSES ->
            {
                final IpAddress address = content.localAddresses().get(index);
                yield count(proxy.localAddressEntry(generation, address, true));
            }
            case COMMIT -> advance(proxy.generationCommit(correlationId, generation, content.services().size(),
                content.serverCount(), content.adjacencies().size(), content.localAddresses().size(),
                proxy.entryChecksum()), Stage.DONE);
            case DONE -> false;
        };
    }

    private boolean sendService(final ControlRequestProxy proxy)
    {
        final GenerationContent.Service service = content.services().get(index);
        final boolean isTaken;
        if (serverIndex == SERVICE)
        {
            isTaken = proxy.serviceEntry(generation, service.key(), service.scheduler(), service.forwarding(),
                service.timeouts(), service.persistence(), service.name());
        }
        else if (serverIndex == ACCESS)
        {
            isTaken = service.access().isOpen() ||
                proxy.serviceAccessEntry(generation, accessLists.number(service.access()));
        }
        else if (serverIndex < 0)
        {
            final int place = serverIndex - FIRST_LIMIT;
            isTaken = place >= service.limits().size() ||
                proxy.serviceLimitEntry(generation, limits.indexOf(service.limits().get(place)) + 1);
        }
        else
        {
            final GenerationContent.Server server = service.servers().get(serverIndex);
            isTaken = proxy.serverEntry(generation, server.endpoint(), server.weight(), server.state());
        }
        if (isTaken && ++serverIndex == service.servers().size())
        {
            serverIndex = SERVICE;
            index++;
        }
        return isTaken;
    }

    private boolean count(final boolean isTaken)
    {
        index += isTaken ? 1 : 0;
        return isTaken;
    }

    private boolean advance(final boolean isTaken, final Stage next)
    {
        stage = isTaken ? next : stage;
        return isTaken;
    }

    private void skipFinishedStages()
    {
        if (stage == Stage.ACCESS_LISTS && accessLists.isDone())
        {
            stage = Stage.LIMITS;
        }
        if (stage == Stage.LIMITS && index == limits.size())
        {
            stage = Stage.SERVICES;
            index = 0;
        }
        if (stage == Stage.SERVICES && index == content.services().size())
        {
            stage = Stage.ADJACENCIES;
            index = 0;
        }
        if (stage == Stage.ADJACENCIES && index == content.adjacencies().size())
        {
            stage = Stage.LOCAL_ADDRESSES;
            index = 0;
        }
        if (stage == Stage.LOCAL_ADDRESSES && index == content.localAddresses().size())
        {
            stage = Stage.COMMIT;
        }
    }
}
