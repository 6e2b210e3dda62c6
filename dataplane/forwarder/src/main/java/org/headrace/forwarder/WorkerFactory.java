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
import org.headrace.forwarder.io.bpf.PacketPicker;
import org.headrace.forwarder.io.uring.UringContext;
import org.headrace.forwarder.linux.MappedFile;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.schedule.ConnectionCounts;
import org.headrace.forwarder.schedule.Schedulers;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Makes each worker with everything that it owns. */
final class WorkerFactory implements AutoCloseable
{
    private final DataPlaneContext context;
    private final List<NetworkLink> interfaces;
    private final Inheritance inheritance;
    private final CountersFile countersFile;
    private final long bootId;
    private final ConfigurationInForce configuration;
    private final ServerTable servers;
    private final IdleTimeouts timeouts;
    private final UringContext drivers;
    private final WorkerCounters[] counters;

    WorkerFactory(
        final DataPlaneContext context,
        final List<NetworkLink> interfaces,
        final Inheritance inheritance,
        final long bootId,
        final ConfigurationInForce configuration,
        final ServerTable servers,
        final IdleTimeouts timeouts,
        final PacketPicker picker)
    {
        this.context = context;
        this.interfaces = interfaces;
        this.inheritance = inheritance;
        this.countersFile = inheritance.counters();
        this.bootId = bootId;
        this.configuration = configuration;
        this.servers = servers;
        this.timeouts = timeouts;
        this.drivers = new UringContext().links(interfaces).picker(picker).workerCount(context.workers().size());
        this.counters = IntStream.range(0, context.workers().size())
            .mapToObj(number -> new WorkerCounters(countersFile, number)).toArray(WorkerCounters[]::new);
    }

    /**
     * Makes the next worker; to be called in the order of their numbers.
     *
     * @param number of the worker, from 0.
     * @param isWarm whether it is to take packets without warming up: because that is done, or because they wait.
     * @return a worker that does not run yet.
     */
    RunningWorker create(final int number, final boolean isWarm)
    {
        final WorkerCounters own = counters[number];
        final ConnectionTable connections = openConnections(number, own);
        final Schedulers schedulers = new Schedulers(servers, overheads(), CountersDescriptor.SERVICE_SLOTS);
        final ClientNextHops clientHops = openClientHops(number);
        final ConnectionOpener opener = new ConnectionOpener(servers, connections, schedulers, clientHops, own);
        final NetworkLink[] links = interfaces.toArray(new NetworkLink[0]);
        final Pipeline pipeline = new Pipeline(links, servers, connections, own, opener, clientHops);
        final PacketIo packetIo = drivers.openNext();
        final WorkerStart start = new WorkerStart(context.workers().get(number), packetIo, own, isWarm);
        final ForwardingWorker worker = new ForwardingWorker(
            number, SystemNanoClock.INSTANCE, packetIo, pipeline, connections, own, start);
        return new RunningWorker(worker, start, packetIo, new ConnectionTableReader(connections.memory()), countersFile, number);
    }

    /** Gives back what the workers' drivers share; to be called after the workers have ended. */
    @Override
    public void close()
    {
        drivers.close();
    }

    /** @return why packets cannot be handed to the kernel, or empty if they can; known when a worker was created. */
    String passProblem()
    {
        return drivers.passProblem();
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

    private ConnectionTable openConnections(final int number, final WorkerCounters own)
    {
        final Path file = context.directory().resolve("connections-" + number + ".dat");
        final ConnectionAccounting accounting = new ConnectionAccounting(own);
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
        System.err.println("event=connections-created worker=" + number + " " + mapped);
        return ConnectionTable.create(mapped.memory(), context.connections(), new SecureRandom().nextLong(), bootId,
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
            table = ConnectionTable.attach(mapped.memory(), context.connections(), bootId,
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
        System.err.println("event=connections-inherited file=" + file + " removed=" + homeless.size() + " " +
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
