package org.headrace.forwarder;

import org.agrona.collections.IntArrayList;
import org.agrona.concurrent.SystemNanoClock;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TableRefusedException;
import org.headrace.forwarder.control.ConfigurationInForce;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.linux.MappedFile;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.schedule.ConnectionCounts;
import org.headrace.forwarder.schedule.Schedulers;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Makes each worker with everything that it owns. */
final class WorkerFactory
{
    private final DataPlaneContext context;
    private final List<NetworkLink> interfaces;
    private final Inheritance inheritance;
    private final CountersFile countersFile;
    private final PrintStream log;
    private final ConfigurationInForce configuration;
    private final ServerTable servers;
    private final IdleTimeouts timeouts;
    private final WorkerCounters[] counters;

    WorkerFactory(
        final DataPlaneContext context,
        final List<NetworkLink> interfaces,
        final Inheritance inheritance,
        final ConfigurationInForce configuration,
        final ServerTable servers,
        final IdleTimeouts timeouts,
        final PrintStream log)
    {
        this.context = context;
        this.interfaces = interfaces;
        this.inheritance = inheritance;
        this.countersFile = inheritance.counters();
        this.log = log;
        this.configuration = configuration;
        this.servers = servers;
        this.timeouts = timeouts;
        this.counters = IntStream.range(0, context.workers().size())
            .mapToObj(number -> new WorkerCounters(countersFile, number)).toArray(WorkerCounters[]::new);
    }

    /**
     * Makes the next worker; to be called in the order of their numbers.
     *
     * @param number of the worker, from 0.
     * @param packetIo of the worker.
     * @param isWarm whether it is to take packets without warming up: because that is done, or because they wait.
     * @return a worker that does not run yet.
     */
    RunningWorker create(final int number, final PacketIo packetIo, final boolean isWarm)
    {
        final WorkerCounters own = counters[number];
        final NetworkLink[] links = interfaces.toArray(new NetworkLink[0]);
        final ClientNextHops clientHops = openClientHops(number);
        final IdleResets resets = new IdleResets(links, servers, clientHops, packetIo, own);
        final ConnectionTable connections = openConnections(number, own, new ConnectionAccounting(own, resets));
        final Schedulers schedulers = new Schedulers(servers, overheads(), CountersDescriptor.SERVICE_SLOTS);
        final ConnectionOpener opener = new ConnectionOpener(servers, connections, schedulers, clientHops, own);
        final Pipeline pipeline = new Pipeline(links, servers, connections, own, opener, clientHops);
        final WorkerStart start = new WorkerStart(context.workers().get(number), packetIo, own, isWarm);
        final ForwardingWorker worker = new ForwardingWorker(
            number, SystemNanoClock.INSTANCE, packetIo, pipeline, connections, resets, own, start);
        return new RunningWorker(
            worker, start, packetIo, new ConnectionTableReader(connections.memory()), countersFile, number);
    }

    /** All workers' counts: a little stale for the others', exact for the asking worker's own. */
    private ConnectionCounts overheads()
    {
        return server ->
        {
            long active = 0;
            long inactive = 0;
            for (final WorkerCounters worker : counters)
            {
                active += worker.activeConnections(server);
                inactive += worker.inactiveConnections(server);
            }
            return (active << 8) + inactive;
        };
    }

    private ConnectionTable openConnections(
        final int number, final WorkerCounters own, final ConnectionAccounting accounting)
    {
        final Path file = context.directory().resolve("connections-" + number + ".dat");
        if (inheritance.isThere() && Files.exists(file))
        {
            try
            {
                return attach(file, accounting, own);
            }
            catch (final TableRefusedException | IllegalArgumentException ex)
            {
                inheritance.setAside(file, ex.getMessage());
                own.clearConnections(servers.slots());
            }
        }
        final long length = ConnectionTableDescriptor.requiredBytes(context.connections());
        final MappedFile mapped =
            MappedFile.map(file, length, ConnectionTableDescriptor.extensionsOffset(context.connections()));
        log.println("event=connections-created worker=" + number + " " + mapped);
        return ConnectionTable.create(mapped.memory(), context.connections(), new SecureRandom().nextLong(), context.bootId(),
            ProcessHandle.current().pid(), timeouts, accounting, nowMs());
    }

    private ConnectionTable attach(final Path file, final ConnectionAccounting accounting, final WorkerCounters own)
        throws TableRefusedException
    {
        final MappedFile mapped =
            MappedFile.map(file, ConnectionTableDescriptor.requiredBytes(context.connections()), 0);
        final IntArrayList homeless = new IntArrayList();
        own.clearConnections(servers.slots());
        final ConnectionTable table;
        try
        {
            table = ConnectionTable.attach(mapped.memory(), context.connections(), context.bootId(),
                ProcessHandle.current().pid(), timeouts, accounting, (found, index) ->
                {
                    final int server = found.serverSlot(index);
                    if (server >= servers.slots())
                    {
                        throw new IllegalArgumentException(
                            "connection=" + index + " names server slot=" + server + " >= " + servers.slots());
                    }
                    accounting.onFound(found, index);
                    if (!configuration.isServer(server))
                    {
                        homeless.addInt(index);
                    }
                }, nowMs());
        }
        catch (final TableRefusedException | IllegalArgumentException ex)
        {
            mapped.close();
            throw ex;
        }
        homeless.forEachInt(table::remove);
        log.println("event=connections-inherited file=" + file + " removed=" + homeless.size() + " " +
            table.attachReport());
        return table;
    }

    private ClientNextHops openClientHops(final int number)
    {
        final Path file = context.directory().resolve("hops-" + number + ".dat");
        if (inheritance.isThere() && Files.exists(file))
        {
            try
            {
                return ClientNextHops.attach(
                    MappedFile.map(file, ClientNextHops.LENGTH_BYTES, 0).memory(), interfaces.size());
            }
            catch (final IllegalArgumentException ex)
            {
                inheritance.setAside(file, ex.getMessage());
            }
        }
        return ClientNextHops.create(
            MappedFile.map(file, ClientNextHops.LENGTH_BYTES, ClientNextHops.LENGTH_BYTES).memory());
    }

    private static long nowMs()
    {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
