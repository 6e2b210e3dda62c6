package org.headrace.forwarder;

import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.parse.ParsedBatch;
import org.headrace.forwarder.table.ForwardingTable;

/**
 * Asks a service's access list for every packet of a client, not only for the first of a connection: who is denied by a
 * reload loses what is established, with the next packet, and nobody else notices anything. Nothing is kept for each
 * connection, so there is nothing to go through when a list changes.
 */
final class AccessCheck
{
    private AccessCheck()
    {
    }

    /**
     * @param table   in force.
     * @param service slot, also of a service that has left the configuration: that one has no list.
     * @param parsed  of the batch.
     * @param i       a packet of a client.
     * @return true if the client may use the service.
     */
    static boolean admits(final ForwardingTable table, final int service, final ParsedBatch parsed, final int i)
    {
        final AccessList list = table.accessList(service);
        return list == null || (parsed.isIpv6(i) ?
            list.admitsIpv6(parsed.sourceHigh(i), parsed.sourceLow(i)) : list.admitsIpv4((int)parsed.sourceLow(i)));
    }
}
