package org.headrace.protocol;

import io.aeron.Publication;
import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.protocol.codec.AccessListEntryRequestEncoder;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.AccessPrefixesEntryRequestEncoder;
import org.headrace.protocol.codec.AdjacencyEntryRequestEncoder;
import org.headrace.protocol.codec.ConnectionsRequestEncoder;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.GenerationBeginRequestEncoder;
import org.headrace.protocol.codec.GenerationCommitRequestEncoder;
import org.headrace.protocol.codec.HeartbeatRequestEncoder;
import org.headrace.protocol.codec.HelloRequestEncoder;
import org.headrace.protocol.codec.LimitEntryRequestEncoder;
import org.headrace.protocol.codec.LocalAddressEntryRequestEncoder;
import org.headrace.protocol.codec.MessageHeaderEncoder;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerEntryRequestEncoder;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.codec.ServerStateRequestEncoder;
import org.headrace.protocol.codec.ServerWeightRequestEncoder;
import org.headrace.protocol.codec.ServiceAccessEntryRequestEncoder;
import org.headrace.protocol.codec.ServiceEntryRequestEncoder;
import org.headrace.protocol.codec.ServiceLimitEntryRequestEncoder;
import org.headrace.protocol.codec.TemplateFeedRequestEncoder;
import org.headrace.protocol.codec.TemplateRestoreEndRequestEncoder;
import org.headrace.protocol.codec.TemplateRestoreRequestEncoder;
import org.headrace.protocol.codec.TemplatesRequestEncoder;

/**
 * Encodes the agent's requests. Every call returns true if the message was taken and false if it was not (back
 * pressure, nobody there, closed: {@link #lastResult()} says which); none blocks. Not thread safe.
 */
public final class ControlRequestProxy
{
    private final ControlOutput output;
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[ControlChannel.MAX_MESSAGE_LENGTH]);
    private final EntryChecksum checksum = new EntryChecksum();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final HelloRequestEncoder hello = new HelloRequestEncoder();
    private final HeartbeatRequestEncoder heartbeat = new HeartbeatRequestEncoder();
    private final GenerationBeginRequestEncoder generationBegin = new GenerationBeginRequestEncoder();
    private final ServiceEntryRequestEncoder serviceEntry = new ServiceEntryRequestEncoder();
    private final ServerEntryRequestEncoder serverEntry = new ServerEntryRequestEncoder();
    private final AdjacencyEntryRequestEncoder adjacencyEntry = new AdjacencyEntryRequestEncoder();
    private final LocalAddressEntryRequestEncoder localAddressEntry = new LocalAddressEntryRequestEncoder();
    private final AccessListEntryRequestEncoder accessListEntry = new AccessListEntryRequestEncoder();
    private final AccessPrefixesEntryRequestEncoder accessPrefixesEntry = new AccessPrefixesEntryRequestEncoder();
    private final ServiceAccessEntryRequestEncoder serviceAccessEntry = new ServiceAccessEntryRequestEncoder();
    private final LimitEntryRequestEncoder limitEntry = new LimitEntryRequestEncoder();
    private final ServiceLimitEntryRequestEncoder serviceLimitEntry = new ServiceLimitEntryRequestEncoder();
    private final GenerationCommitRequestEncoder generationCommit = new GenerationCommitRequestEncoder();
    private final ServerWeightRequestEncoder serverWeight = new ServerWeightRequestEncoder();
    private final ServerStateRequestEncoder serverState = new ServerStateRequestEncoder();
    private final ConnectionsRequestEncoder connections = new ConnectionsRequestEncoder();
    private final TemplateFeedRequestEncoder templateFeed = new TemplateFeedRequestEncoder();
    private final TemplateRestoreRequestEncoder templateRestore = new TemplateRestoreRequestEncoder();
    private final TemplateRestoreEndRequestEncoder templateRestoreEnd = new TemplateRestoreEndRequestEncoder();
    private final TemplatesRequestEncoder templates = new TemplatesRequestEncoder();
    private long lastResult;

    /**
     * @param publication of the request stream, shared or exclusive.
     */
    public ControlRequestProxy(final Publication publication)
    {
        this((ControlOutput)publication::offer);
    }

    /**
     * @param output takes the encoded messages.
     */
    public ControlRequestProxy(final ControlOutput output)
    {
        this.output = output;
    }

    /** @return what the output said to the last message: a position, or a negative reason as Aeron has it. */
    public long lastResult()
    {
        return lastResult;
    }

    /** @return checksum over the entries taken since the last {@link #generationBegin}. */
    public int entryChecksum()
    {
        return checksum.value();
    }

    /**
     * @param correlationId for the response.
     * @param agentEpoch    random number of this agent process.
     * @return true if taken.
     */
    public boolean hello(final long correlationId, final long agentEpoch)
    {
        hello.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId).agentEpoch(agentEpoch);
        return offer(hello.encodedLength());
    }

    /**
     * @param agentEpoch random number of this agent process.
     * @param generation last one seen accepted, 0 for none.
     * @return true if taken.
     */
    public boolean heartbeat(final long agentEpoch, final long generation)
    {
        heartbeat.wrapAndApplyHeader(buffer, 0, header).agentEpoch(agentEpoch).generation(generation);
        return offer(heartbeat.encodedLength());
    }

    /**
     * Opens a generation, and starts its checksum.
     *
     * @param correlationId of this request.
     * @param generation    greater than the one in force.
     * @return true if taken.
     */
    public boolean generationBegin(final long correlationId, final long generation)
    {
        generationBegin.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId).generation(generation);
        final boolean isTaken = offer(generationBegin.encodedLength());
        if (isTaken)
        {
            checksum.reset();
        }
        return isTaken;
    }

    /**
     * @param generation that is open.
     * @param service    who it is.
     * @param scheduler  how it chooses servers.
     * @param forwarding how packets reach its servers.
     * @param timeouts   of idle connections.
     * @param persistence of its clients.
     * @param name       {@code instance/listener}, shortened if longer than the protocol admits.
     * @return true if taken.
     */
    public boolean serviceEntry(
        final long generation,
        final ServiceKey service,
        final Scheduler scheduler,
        final ForwardingMethod forwarding,
        final StateTimeouts timeouts,
        final Persistence persistence,
        final String name)
    {
        serviceEntry.wrapAndApplyHeader(buffer, 0, header).generation(generation);
        CodecValues.put(serviceEntry.virtualEndpoint(), service.virtual());
        final byte[] text = WireText.encode(name);
        serviceEntry
            .transport(service.transport())
            .scheduler(scheduler)
            .forwarding(forwarding)
            .establishedTimeoutMs(timeouts.ms(TimedState.ESTABLISHED))
            .persistenceTimeoutMs(persistence.timeoutMs())
            .persistencePrefix((short)persistence.prefixLength())
            .expireQuiescent((short)(persistence.expireQuiescent() ? 1 : 0));
        CodecValues.put(serviceEntry.stateTimeouts(), timeouts);
        serviceEntry.putName(text, 0, text.length);
        return offerEntry(generation, serviceEntry.encodedLength());
    }

    /**
     * @param generation that is open.
     * @param server     of the service entry that was taken last.
     * @param weight     0 to 65535.
     * @param state      what the health check says.
     * @return true if taken.
     */
    public boolean serverEntry(
        final long generation, final Endpoint server, final int weight, final ServerState state)
    {
        serverEntry.wrapAndApplyHeader(buffer, 0, header).generation(generation);
        CodecValues.put(serverEntry.server(), server);
        serverEntry.weight(weight).state(state);
        return offerEntry(generation, serverEntry.encodedLength());
    }

    /**
     * @param generation     that is open, or 0 for a delta.
     * @param server         whose next hop this is.
     * @param interfaceIndex kernel's index, 0 when unresolved.
     * @param destinationMac low 48 bits, first byte highest.
     * @param mtuBytes       of the interface.
     * @return true if taken.
     */
    public boolean adjacencyEntry(
        final long generation,
        final IpAddress server,
        final int interfaceIndex,
        final long destinationMac,
        final int mtuBytes)
    {
        adjacencyEntry.wrapAndApplyHeader(buffer, 0, header).generation(generation);
        CodecValues.put(adjacencyEntry.server(), server);
        adjacencyEntry.interfaceIndex(interfaceIndex).destinationMac(destinationMac).mtuBytes(mtuBytes);
        return offerEntry(generation, adjacencyEntry.encodedLength());
    }

    /**
     * @param generation that is open, or 0 for a delta.
     * @param address    of this host.
     * @param isPresent  false to remove it; in deltas only.
     * @return true if taken.
     */
    public boolean localAddressEntry(final long generation, final IpAddress address, final boolean isPresent)
    {
        localAddressEntry.wrapAndApplyHeader(buffer, 0, header).generation(generation);
        CodecValues.put(localAddressEntry.localAddress(), address);
        localAddressEntry.present((short)(isPresent ? 1 : 0));
        return offerEntry(generation, localAddressEntry.encodedLength());
    }

    /**
     * @param generation  that is open.
     * @param number      of the list in the generation, from 1.
     * @param mode        whom the list names.
     * @param prefixCount how many prefixes follow.
     * @return true if taken.
     */
    public boolean accessListEntry(
        final long generation, final int number, final AccessMode mode, final int prefixCount)
    {
        accessListEntry.wrapAndApplyHeader(buffer, 0, header)
            .generation(generation).number(number).prefixCount(prefixCount).mode(mode);
        return offerEntry(generation, accessListEntry.encodedLength());
    }

    /**
     * @param generation that is open.
     * @param block      of the access list that was begun last.
     * @return true if taken.
     */
    public boolean accessPrefixesEntry(final long generation, final PrefixBlock block)
    {
        accessPrefixesEntry.wrapAndApplyHeader(buffer, 0, header).generation(generation);
        final AccessPrefixesEntryRequestEncoder.PrefixesEncoder prefixes =
            accessPrefixesEntry.prefixesCount(block.size());
        for (int i = 0; i < block.size(); i++)
        {
            prefixes.next();
            prefixes.address().high(block.high(i)).low(block.low(i));
            prefixes.lengthBits((short)block.lengthBits(i));
        }
        return offerEntry(generation, accessPrefixesEntry.encodedLength());
    }

    /**
     * @param generation that is open.
     * @param accessList number of the list that the service entry that was taken last has.
     * @return true if taken.
     */
    public boolean serviceAccessEntry(final long generation, final int accessList)
    {
        serviceAccessEntry.wrapAndApplyHeader(buffer, 0, header).generation(generation).accessList(accessList);
        return offerEntry(generation, serviceAccessEntry.encodedLength());
    }

    /**
     * @param generation that is open.
     * @param number     of the limit in the generation, from 1.
     * @param limits     that are to hold.
     * @param name       of the limit.
     * @return true if taken.
     */
    public boolean limitEntry(final long generation, final int number, final Limits limits, final String name)
    {
        limitEntry.wrapAndApplyHeader(buffer, 0, header)
            .generation(generation)
            .number(number)
            .connections(limits.connections())
            .newConnectionsPerSecond(limits.newConnectionsPerSecond());
        final byte[] text = WireText.encode(name);
        limitEntry.putName(text, 0, text.length);
        return offerEntry(generation, limitEntry.encodedLength());
    }

    /**
     * @param generation that is open.
     * @param limit      number of a limit that the service entry that was taken last is subject to.
     * @return true if taken.
     */
    public boolean serviceLimitEntry(final long generation, final int limit)
    {
        serviceLimitEntry.wrapAndApplyHeader(buffer, 0, header).generation(generation).limitNumber(limit);
        return offerEntry(generation, serviceLimitEntry.encodedLength());
    }

    /**
     * @param correlationId     for the response.
     * @param generation        that is closed.
     * @param serviceCount      services sent.
     * @param serverCount       servers sent.
     * @param adjacencyCount    adjacencies sent.
     * @param localAddressCount local addresses sent.
     * @param entryChecksum     usually {@link #entryChecksum()}.
     * @return true if taken.
     */
    public boolean generationCommit(
        final long correlationId,
        final long generation,
        final int serviceCount,
        final int serverCount,
        final int adjacencyCount,
        final int localAddressCount,
        final int entryChecksum)
    {
        generationCommit.wrapAndApplyHeader(buffer, 0, header)
            .correlationId(correlationId)
            .generation(generation)
            .serviceCount(serviceCount)
            .serverCount(serverCount)
            .adjacencyCount(adjacencyCount)
            .localAddressCount(localAddressCount)
            .checksum(Integer.toUnsignedLong(entryChecksum));
        return offer(generationCommit.encodedLength());
    }

    /**
     * @param correlationId for the response.
     * @param service       that has the server.
     * @param server        whose weight changes.
     * @param weight        0 to 65535.
     * @return true if taken.
     */
    public boolean serverWeight(
        final long correlationId, final ServiceKey service, final Endpoint server, final int weight)
    {
        serverWeight.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId);
        CodecValues.put(serverWeight.virtualEndpoint(), service.virtual());
        CodecValues.put(serverWeight.server(), server);
        serverWeight.transport(service.transport()).weight(weight);
        return offer(serverWeight.encodedLength());
    }

    /**
     * @param correlationId for the response.
     * @param service       that has the server.
     * @param server        whose health changed.
     * @param state         what the health check says now.
     * @return true if taken.
     */
    public boolean serverState(
        final long correlationId, final ServiceKey service, final Endpoint server, final ServerState state)
    {
        serverState.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId);
        CodecValues.put(serverState.virtualEndpoint(), service.virtual());
        CodecValues.put(serverState.server(), server);
        serverState.transport(service.transport()).state(state);
        return offer(serverState.encodedLength());
    }

    /**
     * @param correlationId for the response.
     * @param cursor        0 for the first page, else what the last page gave.
     * @param pageSize      1 to {@link ControlChannel#MAX_PAGE_SIZE}, or 0 to count them only.
     * @param filter        which connections.
     * @return true if taken.
     */
    public boolean connections(
        final long correlationId, final long cursor, final int pageSize, final ConnectionFilter filter)
    {
        connections.wrapAndApplyHeader(buffer, 0, header)
            .correlationId(correlationId).cursor(cursor).pageSize(pageSize).transport((short)filter.transport());
        CodecValues.put(connections.virtualEndpoint(), filter.virtual());
        CodecValues.put(connections.client(), new Endpoint(filter.client().address(), filter.clientPort()));
        connections.clientPrefixBits((short)filter.client().lengthBits());
        CodecValues.put(connections.server(), filter.server());
        connections.states(filter.states()).minIdleMs(filter.minIdleMs()).maxIdleMs(filter.maxIdleMs());
        return offer(connections.encodedLength());
    }

    /** @param correlationId for the response. @return true if taken. */
    public boolean templateFeed(final long correlationId)
    {
        templateFeed.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId);
        return offer(templateFeed.encodedLength());
    }

    /** @param template that is stored. @return true if taken. */
    public boolean templateRestore(final TemplateSnapshot template)
    {
        templateRestore.wrapAndApplyHeader(buffer, 0, header);
        CodecValues.put(templateRestore.virtualEndpoint(), template.service().virtual());
        CodecValues.put(templateRestore.client(), template.client());
        CodecValues.put(templateRestore.server(), template.server());
        templateRestore
            .expiresMs(template.expiresMs())
            .transport(template.service().transport())
            .prefix((short)template.prefixLength());
        return offer(templateRestore.encodedLength());
    }

    /** @param count of templates that were sent. @return true if taken. */
    public boolean templateRestoreEnd(final long count)
    {
        templateRestoreEnd.wrapAndApplyHeader(buffer, 0, header).count(count);
        return offer(templateRestoreEnd.encodedLength());
    }

    /**
     * @param correlationId for the responses.
     * @param cursor        0 for the first page, else what the last page gave.
     * @param pageSize      1 to {@link ControlChannel#MAX_PAGE_SIZE}.
     * @param filter        which templates.
     * @return true if taken.
     */
    public boolean templates(
        final long correlationId, final long cursor, final int pageSize, final TemplateFilter filter)
    {
        templates.wrapAndApplyHeader(buffer, 0, header)
            .correlationId(correlationId).cursor(cursor).pageSize(pageSize).transport((short)filter.transport());
        CodecValues.put(templates.virtualEndpoint(), filter.virtual());
        CodecValues.put(templates.client(), filter.clients().address());
        templates.clientPrefixBits((short)filter.clients().lengthBits());
        return offer(templates.encodedLength());
    }

    private boolean offerEntry(final long generation, final int encodedLength)
    {
        final boolean isTaken = offer(encodedLength);
        if (isTaken && generation != 0)
        {
            checksum.update(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
        }
        return isTaken;
    }

    private boolean offer(final int encodedLength)
    {
        lastResult = output.offer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
        return lastResult > 0;
    }
}
