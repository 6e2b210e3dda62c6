package org.headrace.forwarder.schedule;

/** How busy a server is, as the least-connection schedulers see it. */
@FunctionalInterface
public interface ConnectionCounts
{
    /**
     * @param server slot.
     * @return IPVS's overhead: 256 times the active connections plus the inactive ones, over all workers.
     */
    long overhead(int server);
}
