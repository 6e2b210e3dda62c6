package org.headrace.agent.netlink;

import java.util.LinkedHashSet;
import java.util.Set;

/** A neighbour that servers are reached through: themselves, or a gateway. Owned by {@link AdjacencyTracker}. */
final class NextHop
{
    final NextHopKey key;
    final Set<WatchedServer> servers = new LinkedHashSet<>();
    /** When the kernel is to be asked to resolve or confirm it; the queue's entry with another time is void. */
    long dueNs;

    NextHop(final NextHopKey key)
    {
        this.key = key;
    }
}
