package org.headrace.perf.pipeline;

import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.counters.CountersFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What workers of one data plane share: counters file, servers, forwarding table. */
final class OfflineSurroundings implements AutoCloseable
{
    private static final Path DIRECTORY = Path.of("/dev/shm");
    private static final int MTU = 1_500;

    private final Path directory;
    private final CountersFile counters;
    private final ServerTable servers;
    private final ForwardingTable table;

    /** @param workers that share them. @param access of all services, or null. */
    OfflineSurroundings(final int workers, final AccessList access)
    {
        directory = temporaryDirectory();
        counters = CountersFile.create(directory, workers, 1, "memory", "clients,servers");
        servers = new ServerTable(FlowKind.values().length * FlowKind.SERVERS, FlowKind.values().length);
        table = table(servers, access);
    }

    CountersFile counters()
    {
        return counters;
    }

    ServerTable servers()
    {
        return servers;
    }

    ForwardingTable table()
    {
        return table;
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

    @Override
    public void close()
    {
        counters.close();
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
