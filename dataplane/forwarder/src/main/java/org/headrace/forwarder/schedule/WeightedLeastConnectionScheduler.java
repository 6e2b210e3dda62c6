package org.headrace.forwarder.schedule;

import org.headrace.forwarder.table.ServerTable;

/**
 * The server with the least overhead per weight (IPVS {@code wlc}), compared by cross products; the earlier one wins a
 * tie.
 */
public final class WeightedLeastConnectionScheduler implements BackendScheduler
{
    private final ServerTable table;
    private final ConnectionCounts counts;

    /**
     * @param table  of all servers.
     * @param counts of connections.
     */
    public WeightedLeastConnectionScheduler(final ServerTable table, final ConnectionCounts counts)
    {
        this.table = table;
        this.counts = counts;
    }

    @Override
    public int select(final int service, final int[] servers)
    {
        int least = NONE;
        long leastOverhead = 0;
        long leastWeight = 0;
        for (final int server : servers)
        {
            final long weight = table.schedulingWeightOpaque(server);
            if (weight > 0)
            {
                final long overhead = counts.overhead(server);
                if (least == NONE || leastOverhead * weight > overhead * leastWeight)
                {
                    least = server;
                    leastOverhead = overhead;
                    leastWeight = weight;
                }
            }
        }
        return least;
    }
}
