package org.headrace.forwarder;

import org.agrona.concurrent.NanoClock;
import org.headrace.conntrack.ConnectionListener;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.affinity.PersistentScheduler;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.schedule.ConnectionCounts;
import org.headrace.forwarder.schedule.Schedulers;
import org.headrace.forwarder.table.ServerTable;

import java.util.function.Function;

/**
 * All that one worker owns between its driver and its counters, put together: the data plane's workers, their warm-up
 * and offline workers (tests, benchmarks) have one and the same packet path.
 */
public final class PacketPath
{
    private final PacketIo packetIo;
    private final WorkerCounters counters;
    private final Allowances allowances;
    private final IdleResets resets;
    private final ConnectionTable connections;
    private final Pipeline pipeline;

    /** What a packet path works with, and does not own alone. */
    record Surroundings(
        NetworkLink[] interfaces, ServerTable servers, Affinity affinity, ConnectionCounts overheads, int serviceSlots)
    {
    }

    /**
     * @param surroundings of all workers.
     * @param counters     of this worker.
     * @param allowances   of this worker.
     * @param clientHops   of this worker.
     * @param packetIo     of this worker.
     * @param openTable    makes this worker's table, which is to tell of removals.
     */
    PacketPath(
        final Surroundings surroundings,
        final WorkerCounters counters,
        final Allowances allowances,
        final ClientNextHops clientHops,
        final PacketIo packetIo,
        final Function<? super ConnectionAccounting, ConnectionTable> openTable)
    {
        final NetworkLink[] interfaces = surroundings.interfaces();
        final ServerTable servers = surroundings.servers();
        this.packetIo = packetIo;
        this.counters = counters;
        this.allowances = allowances;
        resets = new IdleResets(interfaces, servers, clientHops, packetIo, counters);
        connections = openTable.apply(new ConnectionAccounting(counters, resets, servers, allowances));
        final Schedulers schedulers =
            new Schedulers(servers, surroundings.overheads(), surroundings.serviceSlots());
        final PersistentScheduler scheduler =
            new PersistentScheduler(schedulers, servers, surroundings.affinity(), counters);
        final ConnectionOpener opener =
            new ConnectionOpener(servers, connections, scheduler, clientHops, counters, allowances);
        pipeline = new Pipeline(interfaces, servers, connections, counters, opener, clientHops);
    }

    /**
     * A packet path that shares nothing with other workers, and has its next hops in memory of its own.
     *
     * @param interfaces   in the order of the configuration.
     * @param servers      of all services.
     * @param serviceSlots most services.
     * @param affinity     templates of persistent services.
     * @param counters     of the worker.
     * @param packetIo     of the worker.
     * @param openTable    makes the worker's table, which is to tell of removals.
     * @return the packet path.
     */
    public static PacketPath offline(
        final NetworkLink[] interfaces,
        final ServerTable servers,
        final int serviceSlots,
        final Affinity affinity,
        final WorkerCounters counters,
        final PacketIo packetIo,
        final Function<ConnectionListener, ConnectionTable> openTable)
    {
        final ConnectionCounts overheads = new ConnectionOverheads(counters);
        return new PacketPath(new Surroundings(interfaces, servers, affinity, overheads, serviceSlots), counters,
            Allowances.inMemory(serviceSlots, serviceSlots), ClientNextHops.create(), packetIo, openTable);
    }

    /**
     * @param number  of the worker, from 0.
     * @param clock   read once a cycle.
     * @param onStart runs first on the worker's thread.
     * @return the worker whose packet path this is: one, once.
     */
    public ForwardingWorker worker(final int number, final NanoClock clock, final Runnable onStart)
    {
        return new ForwardingWorker(
            number, clock, packetIo, pipeline, connections, resets, counters, allowances, onStart);
    }

    /** @return connections of the worker. */
    public ConnectionTable connections()
    {
        return connections;
    }

    Allowances allowances()
    {
        return allowances;
    }

    IdleResets resets()
    {
        return resets;
    }

    Pipeline pipeline()
    {
        return pipeline;
    }
}
