package org.headrace.protocol;

import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;

/**
 * Receives the agent's requests in the data plane. The schema, {@code headrace-control.xml}, says what each means; the
 * adapter has checked lengths and enum values, not whether numbers make sense together.
 */
public interface ControlRequestListener
{
    /**
     * @param correlationId for the response.
     * @param agentEpoch    random number of the agent process.
     */
    void onHello(long correlationId, long agentEpoch);

    /**
     * @param agentEpoch random number of the agent process.
     * @param generation last one that the agent saw accepted, 0 for none.
     */
    void onHeartbeat(long agentEpoch, long generation);

    /**
     * @param correlationId of the request.
     * @param generation    that is opened.
     */
    void onGenerationBegin(long correlationId, long generation);

    /**
     * @param generation that is open.
     * @param service    who it is.
     * @param scheduler  how it chooses servers.
     * @param forwarding how packets reach its servers.
     * @param timeouts   of idle connections, not checked for their ranges.
     * @param persistence of its clients.
     * @param name       {@code instance/listener}.
     */
    void onServiceEntry(
        long generation,
        ServiceKey service,
        Scheduler scheduler,
        ForwardingMethod forwarding,
        StateTimeouts timeouts,
        Persistence persistence,
        String name);

    /**
     * @param generation that is open.
     * @param server     of the service entry that came last.
     * @param weight     0 to 65535.
     * @param state      what the health check says.
     */
    void onServerEntry(long generation, Endpoint server, int weight, ServerState state);

    /**
     * @param generation     that is open, or 0 for a delta.
     * @param server         whose next hop this is.
     * @param interfaceIndex kernel's index, 0 when unresolved.
     * @param destinationMac low 48 bits, first byte highest.
     * @param mtuBytes       of the interface.
     */
    void onAdjacencyEntry(
        long generation, IpAddress server, int interfaceIndex, long destinationMac, int mtuBytes);

    /**
     * @param generation that is open, or 0 for a delta.
     * @param address    of this host.
     * @param isPresent  false when it was removed; in deltas only.
     */
    void onLocalAddressEntry(long generation, IpAddress address, boolean isPresent);

    /**
     * @param generation  that is open.
     * @param number      of the list in the generation, from 1.
     * @param mode        whom the list names.
     * @param prefixCount how many prefixes are to follow.
     */
    void onAccessListEntry(long generation, int number, AccessMode mode, int prefixCount);

    /**
     * @param generation that is open.
     * @param block      of the access list that was begun last, not checked; valid during the call.
     */
    void onAccessPrefixesEntry(long generation, PrefixBlock block);

    /**
     * @param generation that is open.
     * @param accessList number of the list that the service entry that came last has.
     */
    void onServiceAccessEntry(long generation, int accessList);

    /**
     * @param generation that is open.
     * @param number     of the limit in the generation, from 1.
     * @param limits     that are to hold.
     * @param name       of the limit.
     */
    void onLimitEntry(long generation, int number, Limits limits, String name);

    /**
     * @param generation that is open.
     * @param limit      number of a limit that the service entry that came last is subject to.
     */
    void onServiceLimitEntry(long generation, int limit);

    /**
     * @param correlationId     for the response.
     * @param generation        that is closed.
     * @param serviceCount      services sent.
     * @param serverCount       servers sent.
     * @param adjacencyCount    adjacencies sent.
     * @param localAddressCount local addresses sent.
     * @param checksum          to compare with {@link ControlRequestAdapter#entryChecksum()}.
     */
    void onGenerationCommit(
        long correlationId,
        long generation,
        int serviceCount,
        int serverCount,
        int adjacencyCount,
        int localAddressCount,
        int checksum);

    /**
     * @param correlationId for the response.
     * @param service       that has the server.
     * @param server        whose weight changes.
     * @param weight        0 to 65535.
     */
    void onServerWeight(long correlationId, ServiceKey service, Endpoint server, int weight);

    /**
     * @param correlationId for the response.
     * @param service       that has the server.
     * @param server        whose health changed.
     * @param state         what the health check says now.
     */
    void onServerState(long correlationId, ServiceKey service, Endpoint server, ServerState state);

    /**
     * @param correlationId for the response.
     * @param cursor        0 for the first page, else what the last page gave.
     * @param pageSize      1 to {@link ControlChannel#MAX_PAGE_SIZE}, or 0 to count them only.
     * @param filter        which connections.
     */
    void onConnections(long correlationId, long cursor, int pageSize, ConnectionFilter filter);

    /**
     * The agent wants all templates, and those that change from now on.
     *
     * @param correlationId for the response.
     */
    void onTemplateFeed(long correlationId);

    /** @param template that the agent has stored. */
    void onTemplateRestore(TemplateSnapshot template);

    /** @param count of templates that were sent. */
    void onTemplateRestoreEnd(long count);

    /**
     * @param correlationId for the responses.
     * @param cursor        0 for the first page, else what the last page gave.
     * @param pageSize      1 to {@link ControlChannel#MAX_PAGE_SIZE}.
     * @param filter        which templates.
     */
    void onTemplates(long correlationId, long cursor, int pageSize, TemplateFilter filter);

    /**
     * @param problem what is wrong with a message that was dropped.
     */
    void onMalformed(String problem);
}
