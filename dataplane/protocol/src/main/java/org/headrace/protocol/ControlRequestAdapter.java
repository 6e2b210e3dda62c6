package org.headrace.protocol;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;
import org.headrace.protocol.codec.AccessListEntryRequestDecoder;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.AccessPrefixesEntryRequestDecoder;
import org.headrace.protocol.codec.AdjacencyEntryRequestDecoder;
import org.headrace.protocol.codec.ConnectionsRequestDecoder;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.GenerationBeginRequestDecoder;
import org.headrace.protocol.codec.GenerationCommitRequestDecoder;
import org.headrace.protocol.codec.HeartbeatRequestDecoder;
import org.headrace.protocol.codec.HelloRequestDecoder;
import org.headrace.protocol.codec.LimitEntryRequestDecoder;
import org.headrace.protocol.codec.LocalAddressEntryRequestDecoder;
import org.headrace.protocol.codec.MessageHeaderDecoder;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerEntryRequestDecoder;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.codec.ServerStateRequestDecoder;
import org.headrace.protocol.codec.ServerWeightRequestDecoder;
import org.headrace.protocol.codec.ServiceAccessEntryRequestDecoder;
import org.headrace.protocol.codec.ServiceEntryRequestDecoder;
import org.headrace.protocol.codec.ServiceLimitEntryRequestDecoder;
import org.headrace.protocol.codec.TemplateFeedRequestDecoder;
import org.headrace.protocol.codec.TemplateRestoreEndRequestDecoder;
import org.headrace.protocol.codec.TemplateRestoreRequestDecoder;
import org.headrace.protocol.codec.TemplatesRequestDecoder;
import org.headrace.protocol.codec.Transport;

/**
 * Decodes the agent's requests. Whatever bytes arrive, it reads only inside the fragment and throws nothing: a message
 * that is not well formed goes to {@link ControlRequestListener#onMalformed}. Not thread safe.
 */
public final class ControlRequestAdapter implements FragmentHandler
{
    private final ControlRequestListener listener;
    private final FragmentCheck check = new FragmentCheck();
    private final EntryChecksum checksum = new EntryChecksum();
    private final MessageHeaderDecoder header = check.header();
    private final HelloRequestDecoder hello = new HelloRequestDecoder();
    private final HeartbeatRequestDecoder heartbeat = new HeartbeatRequestDecoder();
    private final GenerationBeginRequestDecoder generationBegin = new GenerationBeginRequestDecoder();
    private final ServiceEntryRequestDecoder serviceEntry = new ServiceEntryRequestDecoder();
    private final ServerEntryRequestDecoder serverEntry = new ServerEntryRequestDecoder();
    private final AdjacencyEntryRequestDecoder adjacencyEntry = new AdjacencyEntryRequestDecoder();
    private final LocalAddressEntryRequestDecoder localAddressEntry = new LocalAddressEntryRequestDecoder();
    private final AccessListEntryRequestDecoder accessListEntry = new AccessListEntryRequestDecoder();
    private final AccessPrefixesEntryRequestDecoder accessPrefixesEntry = new AccessPrefixesEntryRequestDecoder();
    private final PrefixBlock prefixBlock = new PrefixBlock();
    private final ServiceAccessEntryRequestDecoder serviceAccessEntry = new ServiceAccessEntryRequestDecoder();
    private final LimitEntryRequestDecoder limitEntry = new LimitEntryRequestDecoder();
    private final ServiceLimitEntryRequestDecoder serviceLimitEntry = new ServiceLimitEntryRequestDecoder();
    private final GenerationCommitRequestDecoder generationCommit = new GenerationCommitRequestDecoder();
    private final ServerWeightRequestDecoder serverWeight = new ServerWeightRequestDecoder();
    private final ServerStateRequestDecoder serverState = new ServerStateRequestDecoder();
    private final ConnectionsRequestDecoder connections = new ConnectionsRequestDecoder();
    private final TemplateFeedRequestDecoder templateFeed = new TemplateFeedRequestDecoder();
    private final TemplateRestoreRequestDecoder templateRestore = new TemplateRestoreRequestDecoder();
    private final TemplateRestoreEndRequestDecoder templateRestoreEnd = new TemplateRestoreEndRequestDecoder();
    private final TemplatesRequestDecoder templates = new TemplatesRequestDecoder();

    /**
     * @param listener of the decoded requests.
     */
    public ControlRequestAdapter(final ControlRequestListener listener)
    {
        this.listener = listener;
    }

    /** @return checksum over the entries received since the last begin; what a commit's checksum must equal. */
    public int entryChecksum()
    {
        return checksum.value();
    }

    @Override
    public void onFragment(final DirectBuffer buffer, final int offset, final int length, final Header aeronHeader)
    {
        final String problem = check.problem(buffer, offset, length);
        if (problem != null)
        {
            listener.onMalformed(problem);
            return;
        }
        final int templateId = header.templateId();
        switch (templateId)
        {
            case HelloRequestDecoder.TEMPLATE_ID ->
            {
                hello.wrapAndApplyHeader(buffer, offset, header);
                listener.onHello(hello.correlationId(), hello.agentEpoch());
            }
            case HeartbeatRequestDecoder.TEMPLATE_ID ->
            {
                heartbeat.wrapAndApplyHeader(buffer, offset, header);
                listener.onHeartbeat(heartbeat.agentEpoch(), heartbeat.generation());
            }
            case GenerationBeginRequestDecoder.TEMPLATE_ID ->
            {
                checksum.reset();
                generationBegin.wrapAndApplyHeader(buffer, offset, header);
                listener.onGenerationBegin(generationBegin.correlationId(), generationBegin.generation());
            }
            case ServiceEntryRequestDecoder.TEMPLATE_ID -> onServiceEntry(buffer, offset, length);
            case ServerEntryRequestDecoder.TEMPLATE_ID -> onServerEntry(buffer, offset, length);
            case AdjacencyEntryRequestDecoder.TEMPLATE_ID -> onAdjacencyEntry(buffer, offset, length);
            case LocalAddressEntryRequestDecoder.TEMPLATE_ID -> onLocalAddressEntry(buffer, offset, length);
            case AccessListEntryRequestDecoder.TEMPLATE_ID -> onAccessListEntry(buffer, offset, length);
            case AccessPrefixesEntryRequestDecoder.TEMPLATE_ID -> onAccessPrefixesEntry(buffer, offset, length);
            case ServiceAccessEntryRequestDecoder.TEMPLATE_ID -> onServiceAccessEntry(buffer, offset, length);
            case LimitEntryRequestDecoder.TEMPLATE_ID -> onLimitEntry(buffer, offset, length);
            case ServiceLimitEntryRequestDecoder.TEMPLATE_ID -> onServiceLimitEntry(buffer, offset, length);
            case GenerationCommitRequestDecoder.TEMPLATE_ID -> onGenerationCommit(buffer, offset);
            case ServerWeightRequestDecoder.TEMPLATE_ID -> onServerWeight(buffer, offset);
            case ServerStateRequestDecoder.TEMPLATE_ID -> onServerState(buffer, offset);
            case ConnectionsRequestDecoder.TEMPLATE_ID -> onConnections(buffer, offset);
            case TemplateFeedRequestDecoder.TEMPLATE_ID ->
            {
                templateFeed.wrapAndApplyHeader(buffer, offset, header);
                listener.onTemplateFeed(templateFeed.correlationId());
            }
            case TemplateRestoreRequestDecoder.TEMPLATE_ID -> onTemplateRestore(buffer, offset);
            case TemplateRestoreEndRequestDecoder.TEMPLATE_ID ->
            {
                templateRestoreEnd.wrapAndApplyHeader(buffer, offset, header);
                listener.onTemplateRestoreEnd(templateRestoreEnd.count());
            }
            case TemplatesRequestDecoder.TEMPLATE_ID -> onTemplates(buffer, offset);
            default -> listener.onMalformed("templateId=" + templateId + " is not a request");
        }
    }

    private void onServiceEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        serviceEntry.wrapAndApplyHeader(buffer, offset, header);
        final long generation = serviceEntry.generation();
        final Endpoint virtual = CodecValues.endpoint(serviceEntry.virtualEndpoint());
        final Transport transport = CodecValues.transport(serviceEntry.transportRaw());
        final Scheduler scheduler = CodecValues.scheduler(serviceEntry.schedulerRaw());
        final ForwardingMethod forwarding = CodecValues.forwarding(serviceEntry.forwardingRaw());
        final StateTimeouts timeouts =
            CodecValues.timeouts(serviceEntry.establishedTimeoutMs(), serviceEntry.stateTimeouts());
        final long persistenceMs = serviceEntry.persistenceTimeoutMs();
        final short prefix = serviceEntry.persistencePrefix();
        final short expireQuiescent = serviceEntry.expireQuiescent();
        final String name = serviceEntry.name();
        if (transport == null || scheduler == null || forwarding == null)
        {
            listener.onMalformed("service entry " + virtual + " with transport=" + transport + " scheduler=" +
                scheduler + " forwarding=" + forwarding + " (null: a number that this version does not know)");
            return;
        }
        final Persistence persistence = CodecValues.persistence(persistenceMs, prefix, expireQuiescent);
        if (persistence == null)
        {
            listener.onMalformed("service entry " + virtual + " with persistenceTimeoutMs=" + persistenceMs +
                " persistencePrefix=" + prefix + " expireQuiescent=" + expireQuiescent);
            return;
        }
        updateChecksum(generation, buffer, offset, length);
        listener.onServiceEntry(
            generation, new ServiceKey(transport, virtual), scheduler, forwarding, timeouts, persistence, name);
    }

    private void onServerEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        serverEntry.wrapAndApplyHeader(buffer, offset, header);
        final long generation = serverEntry.generation();
        final Endpoint server = CodecValues.endpoint(serverEntry.server());
        final int weight = serverEntry.weight();
        final short rawState = serverEntry.stateRaw();
        final ServerState state = CodecValues.serverState(rawState);
        if (state == null)
        {
            listener.onMalformed("server entry " + server + " with unknown state=" + rawState);
            return;
        }
        updateChecksum(generation, buffer, offset, length);
        listener.onServerEntry(generation, server, weight, state);
    }

    private void onAdjacencyEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        adjacencyEntry.wrapAndApplyHeader(buffer, offset, header);
        final long generation = adjacencyEntry.generation();
        final IpAddress server = CodecValues.address(adjacencyEntry.server());
        final long interfaceIndex = adjacencyEntry.interfaceIndex();
        final long destinationMac = adjacencyEntry.destinationMac();
        final long mtuBytes = adjacencyEntry.mtuBytes();
        if (interfaceIndex > Integer.MAX_VALUE || mtuBytes > Integer.MAX_VALUE || destinationMac >>> 48 != 0)
        {
            listener.onMalformed("adjacency " + server + " with interfaceIndex=" + interfaceIndex +
                " destinationMac=" + Long.toHexString(destinationMac) + " mtuBytes=" + mtuBytes);
            return;
        }
        updateChecksum(generation, buffer, offset, length);
        listener.onAdjacencyEntry(generation, server, (int)interfaceIndex, destinationMac, (int)mtuBytes);
    }

    private void onLocalAddressEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        localAddressEntry.wrapAndApplyHeader(buffer, offset, header);
        final long generation = localAddressEntry.generation();
        final IpAddress address = CodecValues.address(localAddressEntry.localAddress());
        final short present = localAddressEntry.present();
        if (present > 1)
        {
            listener.onMalformed("local address " + address + " with present=" + present + " (expected 0 or 1)");
            return;
        }
        updateChecksum(generation, buffer, offset, length);
        listener.onLocalAddressEntry(generation, address, present == 1);
    }

    private void onAccessListEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        accessListEntry.wrapAndApplyHeader(buffer, offset, header);
        final long generation = accessListEntry.generation();
        final long number = accessListEntry.number();
        final long prefixCount = accessListEntry.prefixCount();
        final short rawMode = accessListEntry.modeRaw();
        final AccessMode mode = CodecValues.accessMode(rawMode);
        if (mode == null || (number | prefixCount) > Integer.MAX_VALUE)
        {
            listener.onMalformed("access list number=" + number + " with mode=" + rawMode + " prefixCount=" +
                prefixCount);
            return;
        }
        updateChecksum(generation, buffer, offset, length);
        listener.onAccessListEntry(generation, (int)number, mode, (int)prefixCount);
    }

    private void onAccessPrefixesEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        accessPrefixesEntry.wrapAndApplyHeader(buffer, offset, header);
        final long generation = accessPrefixesEntry.generation();
        prefixBlock.clear();
        for (final AccessPrefixesEntryRequestDecoder.PrefixesDecoder prefix : accessPrefixesEntry.prefixes())
        {
            prefixBlock.add(prefix.address().high(), prefix.address().low(), prefix.lengthBits());
        }
        updateChecksum(generation, buffer, offset, length);
        listener.onAccessPrefixesEntry(generation, prefixBlock);
    }

    private void onServiceAccessEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        serviceAccessEntry.wrapAndApplyHeader(buffer, offset, header);
        final long generation = serviceAccessEntry.generation();
        final long accessList = serviceAccessEntry.accessList();
        if (accessList > Integer.MAX_VALUE)
        {
            listener.onMalformed("service access entry with accessList=" + accessList);
            return;
        }
        updateChecksum(generation, buffer, offset, length);
        listener.onServiceAccessEntry(generation, (int)accessList);
    }

    private void onLimitEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        limitEntry.wrapAndApplyHeader(buffer, offset, header);
        final long generation = limitEntry.generation();
        final long number = limitEntry.number();
        final long connections = limitEntry.connections();
        final long rate = limitEntry.newConnectionsPerSecond();
        final String name = limitEntry.name();
        if ((number | connections | rate) > Integer.MAX_VALUE)
        {
            listener.onMalformed("limit number=" + number + " with connections=" + connections +
                " newConnectionsPerSecond=" + rate);
            return;
        }
        updateChecksum(generation, buffer, offset, length);
        listener.onLimitEntry(generation, (int)number, new Limits((int)connections, (int)rate), name);
    }

    private void onServiceLimitEntry(final DirectBuffer buffer, final int offset, final int length)
    {
        serviceLimitEntry.wrapAndApplyHeader(buffer, offset, header);
        final long generation = serviceLimitEntry.generation();
        final long limit = serviceLimitEntry.limitNumber();
        if (limit > Integer.MAX_VALUE)
        {
            listener.onMalformed("service limit entry with limit=" + limit);
            return;
        }
        updateChecksum(generation, buffer, offset, length);
        listener.onServiceLimitEntry(generation, (int)limit);
    }

    private void onGenerationCommit(final DirectBuffer buffer, final int offset)
    {
        generationCommit.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = generationCommit.correlationId();
        final long generation = generationCommit.generation();
        final long services = generationCommit.serviceCount();
        final long servers = generationCommit.serverCount();
        final long adjacencies = generationCommit.adjacencyCount();
        final long localAddresses = generationCommit.localAddressCount();
        final int entryChecksum = (int)generationCommit.checksum();
        if ((services | servers | adjacencies | localAddresses) > Integer.MAX_VALUE)
        {
            listener.onMalformed("commit of generation=" + generation + " with serviceCount=" + services +
                " serverCount=" + servers + " adjacencyCount=" + adjacencies + " localAddressCount=" +
                localAddresses);
            return;
        }
        listener.onGenerationCommit(correlationId, generation, (int)services, (int)servers, (int)adjacencies,
            (int)localAddresses, entryChecksum);
    }

    private void onServerWeight(final DirectBuffer buffer, final int offset)
    {
        serverWeight.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = serverWeight.correlationId();
        final Endpoint virtual = CodecValues.endpoint(serverWeight.virtualEndpoint());
        final Endpoint server = CodecValues.endpoint(serverWeight.server());
        final short rawTransport = serverWeight.transportRaw();
        final Transport transport = CodecValues.transport(rawTransport);
        final int weight = serverWeight.weight();
        if (transport == null)
        {
            listener.onMalformed("weight of server " + server + " with unknown transport=" + rawTransport);
            return;
        }
        listener.onServerWeight(correlationId, new ServiceKey(transport, virtual), server, weight);
    }

    private void onServerState(final DirectBuffer buffer, final int offset)
    {
        serverState.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = serverState.correlationId();
        final Endpoint virtual = CodecValues.endpoint(serverState.virtualEndpoint());
        final Endpoint server = CodecValues.endpoint(serverState.server());
        final short rawTransport = serverState.transportRaw();
        final short rawState = serverState.stateRaw();
        final Transport transport = CodecValues.transport(rawTransport);
        final ServerState state = CodecValues.serverState(rawState);
        if (transport == null || state == null)
        {
            listener.onMalformed("state of server " + server + " with unknown transport=" + rawTransport +
                " or state=" + rawState);
            return;
        }
        listener.onServerState(correlationId, new ServiceKey(transport, virtual), server, state);
    }

    private void onConnections(final DirectBuffer buffer, final int offset)
    {
        connections.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = connections.correlationId();
        final long cursor = connections.cursor();
        final long pageSize = connections.pageSize();
        final short transport = connections.transport();
        final Endpoint virtual = CodecValues.endpoint(connections.virtualEndpoint());
        final Endpoint client = CodecValues.endpoint(connections.client());
        final short prefixBits = connections.clientPrefixBits();
        final Endpoint server = CodecValues.endpoint(connections.server());
        final int states = connections.states();
        final long minIdleMs = connections.minIdleMs();
        final long maxIdleMs = connections.maxIdleMs();
        final boolean isKnown = transport == 0 || CodecValues.transport(transport) != null;
        if (!isKnown || pageSize > ControlChannel.MAX_PAGE_SIZE || prefixBits > IpPrefix.MAX_LENGTH_BITS)
        {
            listener.onMalformed("connections request with transport=" + transport + " pageSize=" + pageSize +
                " (expected 0.." + ControlChannel.MAX_PAGE_SIZE + ") clientPrefixBits=" + prefixBits);
            return;
        }
        listener.onConnections(correlationId, cursor, (int)pageSize, new ConnectionFilter(transport, virtual,
            new IpPrefix(client.address(), prefixBits), client.port(), server, states, minIdleMs, maxIdleMs));
    }

    private void onTemplateRestore(final DirectBuffer buffer, final int offset)
    {
        templateRestore.wrapAndApplyHeader(buffer, offset, header);
        final Endpoint virtual = CodecValues.endpoint(templateRestore.virtualEndpoint());
        final IpAddress client = CodecValues.address(templateRestore.client());
        final Endpoint server = CodecValues.endpoint(templateRestore.server());
        final long expiresMs = templateRestore.expiresMs();
        final short rawTransport = templateRestore.transportRaw();
        final Transport transport = CodecValues.transport(rawTransport);
        final short prefix = templateRestore.prefix();
        final TemplateSnapshot template = CodecValues.template(transport, virtual, client, prefix, server, expiresMs);
        if (template == null)
        {
            listener.onMalformed("template of client " + client + " with transport=" + rawTransport + " prefix=" +
                prefix + " expiresMs=" + expiresMs);
            return;
        }
        listener.onTemplateRestore(template);
    }

    private void onTemplates(final DirectBuffer buffer, final int offset)
    {
        templates.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = templates.correlationId();
        final long cursor = templates.cursor();
        final long pageSize = templates.pageSize();
        final short transport = templates.transport();
        final Endpoint virtual = CodecValues.endpoint(templates.virtualEndpoint());
        final IpAddress client = CodecValues.address(templates.client());
        final int prefixBits = templates.clientPrefixBits();
        final boolean isKnown = transport == 0 || CodecValues.transport(transport) != null;
        if (!isKnown || pageSize < 1 || pageSize > ControlChannel.MAX_PAGE_SIZE ||
            prefixBits > IpPrefix.MAX_LENGTH_BITS)
        {
            listener.onMalformed("templates request with transport=" + transport + " pageSize=" + pageSize +
                " (expected 1.." + ControlChannel.MAX_PAGE_SIZE + ") clientPrefixBits=" + prefixBits);
            return;
        }
        listener.onTemplates(correlationId, cursor, (int)pageSize,
            new TemplateFilter(transport, virtual, new IpPrefix(client, prefixBits)));
    }

    private void updateChecksum(
        final long generation, final DirectBuffer buffer, final int offset, final int length)
    {
        if (generation != 0)
        {
            checksum.update(buffer, offset, length);
        }
    }
}
