package org.headrace.forwarder.schedule;

import org.headrace.forwarder.table.ServerTable;

import java.util.Arrays;

/** Each server in turn, whatever its weight (IPVS {@code rr}); weight 0 is passed over. */
public final class RoundRobinScheduler implements BackendScheduler
{
    private final ServerTable table;
    private final int[] last;

    /**
     * @param table        of all servers.
     * @param serviceSlots most services.
     */
    public RoundRobinScheduler(final ServerTable table, final int serviceSlots)
    {
        this.table = table;
        this.last = new int[serviceSlots];
        Arrays.fill(last, -1);
    }

    @Override
    public int select(final int service, final int[] servers)
    {
        int i = last[service];
        for (int tried = 0; tried < servers.length; tried++)
        {
            i = i + 1 < servers.length ? i + 1 : 0;
            if (table.schedulingWeightOpaque(servers[i]) > 0)
            {
                last[service] = i;
                return servers[i];
            }
        }
        return NONE;
    }
}
