package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

/** Is told what changes in the network of this host. */
public interface HostNetworkListener
{
    /**
     * The next hop of a watched server was found, changed or was lost.
     *
     * @param adjacency the new one; interface index 0 if the server can no longer be reached.
     */
    void onAdjacency(Adjacency adjacency);

    /**
     * An address of this host came or went.
     *
     * @param address   of either family, on whatever interface.
     * @param isPresent false if the last interface that had it has lost it.
     */
    void onLocalAddress(IpAddress address, boolean isPresent);
}
