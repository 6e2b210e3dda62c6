package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what it was told, for any thread to read. */
final class RecordingListener implements HostNetworkListener
{
    final List<Adjacency> reports = new CopyOnWriteArrayList<>();
    final Map<IpAddress, Adjacency> adjacencies = new ConcurrentHashMap<>();
    final Map<IpAddress, Boolean> localAddresses = new ConcurrentHashMap<>();

    @Override
    public void onAdjacency(final Adjacency adjacency)
    {
        reports.add(adjacency);
        adjacencies.put(adjacency.server(), adjacency);
    }

    @Override
    public void onLocalAddress(final IpAddress address, final boolean isPresent)
    {
        localAddresses.put(address, isPresent);
    }

    boolean isResolved(final String server)
    {
        final Adjacency adjacency = adjacencies.get(IpAddress.parse(server));
        return adjacency != null && adjacency.interfaceIndex() != 0;
    }

    boolean isMac(final String server, final long mac)
    {
        final Adjacency adjacency = adjacencies.get(IpAddress.parse(server));
        return adjacency != null && adjacency.destinationMac() == mac;
    }

    boolean isLocal(final String address)
    {
        return localAddresses.getOrDefault(IpAddress.parse(address), false);
    }

    @Override
    public String toString()
    {
        return "adjacencies=" + adjacencies + " localAddresses=" + localAddresses;
    }
}
