package org.headrace.forwarder.schedule;

import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.codec.Scheduler;

/** One scheduler of each kind for one worker; the service says which one decides. */
public final class Schedulers
{
    private final BackendScheduler[] byCode = new BackendScheduler[Scheduler.WLC.value() + 1];

    /**
     * @param table        of all servers.
     * @param counts       of connections.
     * @param serviceSlots most services.
     */
    public Schedulers(final ServerTable table, final ConnectionCounts counts, final int serviceSlots)
    {
        byCode[Scheduler.RR.value()] = new RoundRobinScheduler(table, serviceSlots);
        byCode[Scheduler.WRR.value()] = new WeightedRoundRobinScheduler(table, serviceSlots);
        byCode[Scheduler.LC.value()] = new LeastConnectionScheduler(table, counts);
        byCode[Scheduler.WLC.value()] = new WeightedLeastConnectionScheduler(table, counts);
    }

    /**
     * @param table   in force.
     * @param service slot.
     * @return slot of the chosen server or {@link BackendScheduler#NONE}.
     */
    public int select(final ForwardingTable table, final int service)
    {
        return byCode[table.scheduler(service).value()].select(service, table.servers(service));
    }
}
