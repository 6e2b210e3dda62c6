package org.headrace.forwarder.schedule;

import org.headrace.forwarder.table.ServerTable;

/**
 * Servers in proportion to their weights, interleaved (IPVS {@code wrr}): a current weight falls from the greatest
 * weight by the greatest common divisor each time round, and each server whose weight reaches it takes one connection.
 *
 * <p>Over one full turn (the sum of the weights divided by their greatest common divisor) every server gets exactly its
 * share.
 */
public final class WeightedRoundRobinScheduler implements BackendScheduler
{
    private final ServerTable table;
    private final int[] last;
    private final int[] currentWeight;
    private final int[] maxWeight;
    private final int[] divisor;
    private final int[] version;
    private final int[][] seenServers;

    /**
     * @param table        of all servers.
     * @param serviceSlots most services.
     */
    public WeightedRoundRobinScheduler(final ServerTable table, final int serviceSlots)
    {
        this.table = table;
        this.last = new int[serviceSlots];
        this.currentWeight = new int[serviceSlots];
        this.maxWeight = new int[serviceSlots];
        this.divisor = new int[serviceSlots];
        this.version = new int[serviceSlots];
        this.seenServers = new int[serviceSlots][];
    }

    @Override
    public int select(final int service, final int[] servers)
    {
        // Version first: weights that change while they are read are read again at the next connection.
        final int newVersion = table.serviceVersionAcquire(service);
        if (newVersion != version[service] || seenServers[service] != servers)
        {
            onChange(service, servers);
            version[service] = newVersion;
            seenServers[service] = servers;
        }
        if (maxWeight[service] == 0)
        {
            return NONE;
        }
        int i = last[service];
        int current = currentWeight[service];
        // Bounded: the server of the greatest weight qualifies in every round.
        for (int tried = 2 * servers.length; tried >= 0; tried--)
        {
            i++;
            if (i >= servers.length)
            {
                i = 0;
                current -= divisor[service];
                if (current <= 0)
                {
                    current = maxWeight[service];
                }
            }
            final int weight = table.schedulingWeightOpaque(servers[i]);
            if (weight > 0 && weight >= current)
            {
                last[service] = i;
                currentWeight[service] = current;
                return servers[i];
            }
        }
        return NONE;
    }

    private void onChange(final int service, final int[] servers)
    {
        int max = 0;
        int common = 0;
        for (final int server : servers)
        {
            final int weight = table.schedulingWeightOpaque(server);
            max = Math.max(max, weight);
            common = greatestCommonDivisor(common, weight);
        }
        maxWeight[service] = max;
        divisor[service] = Math.max(common, 1);
        // A fresh turn: what is left of the old one was cut to the old weights. It starts with a step over the end.
        last[service] = servers.length - 1;
        currentWeight[service] = 0;
    }

    private static int greatestCommonDivisor(final int a, final int b)
    {
        int x = a;
        int y = b;
        while (y != 0)
        {
            final int rest = x % y;
            x = y;
            y = rest;
        }
        return x;
    }
}
