package org.headrace.forwarder;

import org.agrona.concurrent.SystemNanoClock;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.bpf.PacketPicker;
import org.headrace.forwarder.io.uring.UringContext;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.schedule.ConnectionCounts;
import org.headrace.forwarder.schedule.Schedulers;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Makes each worker with everything that it owns. */
final class WorkerFactory implements AutoCloseable
{
    private final DataPlaneContext context;
    private final List<NetworkLink> interfaces;
    private final CountersFile countersFile;
    private final ServerTable servers;
    private final IdleTimeouts timeouts;
    private final UringContext drivers;
    private final WorkerCounters[] counters;

    WorkerFactory(
        final DataPlaneContext context,
        final List<NetworkLink> interfaces,
        final CountersFile countersFile,
        final ServerTable servers,
        final IdleTimeouts timeouts,
        final PacketPicker picker)
    {
        this.context = context;
        this.interfaces = interfaces;
        this.countersFile = countersFile;
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
     * @return a worker that does not run yet.
     */
    RunningWorker create(final int number)
    {
        final WorkerCounters own = counters[number];
        final PacketIo packetIo = drivers.openNext();
        final NetworkLink[] links = interfaces.toArray(new NetworkLink[0]);
        final ClientNextHops clientHops = new ClientNextHops();
        final IdleResets resets = new IdleResets(links, servers, clientHops, packetIo, own);
        final MemorySegment memory = map(context.directory().resolve("connections-" + number + ".dat"));
        final ConnectionTable connections = ConnectionTable.create(memory, context.connections(),
            new SecureRandom().nextLong(), timeouts, new ConnectionAccounting(own, resets),
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        final Schedulers schedulers = new Schedulers(servers, overheads(), CountersDescriptor.SERVICE_SLOTS);
        final ConnectionOpener opener = new ConnectionOpener(servers, connections, schedulers, clientHops, own);
        final Pipeline pipeline = new Pipeline(links, servers, connections, own, opener, clientHops);
        final WorkerStart start = new WorkerStart(context.workers().get(number), packetIo, own);
        final ForwardingWorker worker = new ForwardingWorker(
            number, SystemNanoClock.INSTANCE, packetIo, pipeline, connections, resets, own, start);
        return new RunningWorker(worker, start, packetIo, new ConnectionTableReader(memory), countersFile, number);
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

    private MemorySegment map(final Path file)
    {
        try
        {
            Files.deleteIfExists(file);
            try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE))
            {
                return channel.map(FileChannel.MapMode.READ_WRITE, 0,
                    ConnectionTableDescriptor.requiredBytes(context.connections()), Arena.global());
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot map connections=" + context.connections() + " in file=" + file, ex);
        }
    }
}
