package org.headrace.forwarder;

import org.agrona.concurrent.SystemNanoClock;
import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.schedule.ConnectionCounts;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;

import java.util.List;
import java.util.stream.IntStream;

/** Makes each worker with everything that it owns. */
final class WorkerFactory
{
    private final DataPlaneContext context;
    private final List<NetworkLink> interfaces;
    private final CountersFile countersFile;
    private final WorkerFiles files;
    private final ServerTable servers;
    private final Affinity affinity;
    private final List<Allowances> allowances;
    private final WorkerCounters[] counters;
    private final ConnectionCounts overheads;

    WorkerFactory(
        final DataPlaneContext context,
        final List<NetworkLink> interfaces,
        final CountersFile countersFile,
        final ServerTable servers,
        final Affinity affinity,
        final List<Allowances> allowances,
        final WorkerFiles files)
    {
        this.context = context;
        this.interfaces = interfaces;
        this.countersFile = countersFile;
        this.files = files;
        this.servers = servers;
        this.affinity = affinity;
        this.allowances = allowances;
        this.counters = IntStream.range(0, context.workers().size())
            .mapToObj(number -> new WorkerCounters(countersFile, number)).toArray(WorkerCounters[]::new);
        this.overheads = new ConnectionOverheads(counters);
    }

    /**
     * Makes the next worker; to be called in the order of their numbers.
     *
     * @param number   of the worker, from 0.
     * @param packetIo of the worker.
     * @param isWarm   whether it is to take packets without warming up: because that is done, or because they wait.
     * @return a worker that does not run yet.
     */
    RunningWorker create(final int number, final PacketIo packetIo, final boolean isWarm)
    {
        final WorkerCounters own = counters[number];
        final NetworkLink[] links = interfaces.toArray(new NetworkLink[0]);
        final ClientNextHops clientHops = files.openClientHops(number, interfaces.size());
        final PacketPath path = new PacketPath(
            new PacketPath.Surroundings(links, servers, affinity, overheads, CountersDescriptor.SERVICE_SLOTS), own,
            allowances.get(number), clientHops, packetIo, accounting -> files.openConnections(number, own, accounting));
        final WorkerStart start = new WorkerStart(context.workers().get(number), packetIo, own, isWarm);
        final ForwardingWorker worker = path.worker(number, SystemNanoClock.INSTANCE, start);
        return new RunningWorker(
            worker, start, packetIo, new ConnectionTableReader(path.connections().memory()),
            () -> files.reserveIpv6(number), countersFile, number);
    }
}
