package org.headrace.perf.pipeline;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.ForwardingWorker;
import org.headrace.forwarder.PacketPath;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.perf.bench.TableMemory;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.WorkerSnapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A forwarding worker of the data plane with everything that belongs to it, but for the network: frames come from a
 * {@link FrameRing}, and the time is what the benchmark says. Connection table and counters lie in mapped files in
 * memory, as in the data plane.
 */
final class OfflineBalancer implements AutoCloseable
{
    private static final Path DIRECTORY = Path.of("/dev/shm");
    private static final int MTU = 1_500;
    private static final long SEED = 0x5EED_0F1A_BE11_ED01L;
    private static final int TEMPLATES = 1_024;
    /** Besides what is to be in the table: a slot of the expiry wheel, and what comes before as much has gone. */
    private static final int SPARE_CONNECTIONS = 4 * FrameRing.SLOTS;

    private final Path directory;
    private final TableMemory memory;
    private final CountersFile countersFile;
    private final PacketPath path;
    private final ForwardingWorker worker;
    private final FrameRing ring = new FrameRing();
    private final IdleTimeouts timeouts = new IdleTimeouts();
    private long nowNs;

    /** @param connections that there is room for. @param access of all services, or null. */
    OfflineBalancer(final int connections, final AccessList access)
    {
        final NetworkLink[] links = {
            new NetworkLink("clients", 1, MTU, FrameWriter.CLIENT_MAC + 0x10, true),
            new NetworkLink("servers", 2, MTU, FrameWriter.SERVER_MAC + 0x10, true)};
        final int capacity = connections + connections / 64 + SPARE_CONNECTIONS;
        final long length = ConnectionTableDescriptor.requiredBytes(capacity);
        memory = TableMemory.of(TableMemory.Pages.HUGE, length, length);
        directory = temporaryDirectory();
        countersFile = CountersFile.create(directory, 1, 1, "memory", "clients,servers");
        final ServerTable servers =
            new ServerTable(FlowKind.values().length * FlowKind.SERVERS, FlowKind.values().length);
        path = PacketPath.offline(links, servers, FlowKind.values().length, Affinity.inMemory(TEMPLATES),
            new WorkerCounters(countersFile, 0), ring, listener ->
                ConnectionTable.create(memory.segment(), capacity, SEED, timeouts, listener, 0));
        worker = path.worker(0, () -> nowNs, () -> { });
        worker.offer(table(servers, access));
    }

    private static ForwardingTable table(final ServerTable servers, final AccessList access)
    {
        final List<ForwardingTable.Service> services = Arrays.stream(FlowKind.values()).map(kind ->
        {
            final int[] slots = new int[FlowKind.SERVERS];
            for (int number = 0; number < FlowKind.SERVERS; number++)
            {
                slots[number] = kind.slot(number);
                servers.occupy(slots[number], kind.server(number), kind.ordinal());
                servers.nextHop(slots[number], NextHop.of(FrameWriter.SERVERS, FrameWriter.SERVER_MAC), MTU);
                servers.weight(slots[number], 1);
            }
            return new ForwardingTable.Service(
                kind.ordinal(), kind.service(), Scheduler.RR, 0, Persistence.NONE, access, slots);
        }).toList();
        return new ForwardingTable(1, services);
    }

    FrameRing ring()
    {
        return ring;
    }

    /** Lets the worker work until no frame and nothing that is due is left; the ring may be filled again then. */
    int work()
    {
        int total = 0;
        int done;
        do
        {
            done = worker.doWork();
            total += done;
        }
        while (done > 0);
        ring.reset();
        return total;
    }

    void passTime(final long byNs)
    {
        nowNs += byNs;
    }

    /** @return how long a connection lives whose client was never heard of again after its SYN. */
    long embryonicLifeNs()
    {
        return TimeUnit.MILLISECONDS.toNanos(timeouts.timeoutMs(0, TcpState.SYN_RECV));
    }

    WorkerSnapshot counters()
    {
        return countersFile.snapshot(0);
    }

    /** @param flows that are wanted: there may be as many more as expire together. */
    void checkSize(final int flows)
    {
        final int size = path.connections().size();
        if (size < flows || size > flows + flows / 64 + SPARE_CONNECTIONS / 2 || path.connections().evicted() != 0)
        {
            throw new IllegalStateException(
                "size=" + size + " flows=" + flows + " evicted=" + path.connections().evicted());
        }
    }

    @Override
    public void close()
    {
        countersFile.close();
        memory.close();
        try (var files = Files.list(directory))
        {
            for (final Path file : files.toList())
            {
                Files.delete(file);
            }
            Files.delete(directory);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot remove directory=" + directory, ex);
        }
    }

    private static Path temporaryDirectory()
    {
        try
        {
            return Files.createTempDirectory(DIRECTORY, "headrace-bench-");
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot make a directory in " + DIRECTORY, ex);
        }
    }
}
