package org.headrace.forwarder.schedule;

import org.headrace.forwarder.table.ServerTable;

/** The server with the least overhead, whatever its weight (IPVS {@code lc}); the earlier one wins a tie. */
public final class LeastConnectionScheduler implements BackendScheduler
{
    private final ServerTable table;
    private final ConnectionCounts counts;

    /**
     * @param table  of all servers.
     * @param counts of connections.
     */
    public LeastConnectionScheduler(final ServerTable table, final ConnectionCounts counts)
    {
        this.table = table;
        this.counts = counts;
    }

    @Override
    public int select(final int service, final int[] servers)
    {
        int least = NONE;
        long leastOverhead = Long.MAX_VALUE;
        for (final int server : servers)
        {
            if (table.schedulingWeightOpaque(server) > 0)
            {
                final long overhead = counts.overhead(server);
                if (overhead < leastOverhead)
                {
                    least = server;
                    leastOverhead = overhead;
                }
            }
        }
        return least;
    }
}
