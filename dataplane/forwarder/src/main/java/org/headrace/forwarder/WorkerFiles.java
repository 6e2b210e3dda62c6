package org.headrace.forwarder;

import org.agrona.collections.IntArrayList;
import org.headrace.conntrack.AttachListener;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TableRefusedException;
import org.headrace.forwarder.control.ConfigurationInForce;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.linux.MappedFile;
import org.headrace.forwarder.table.ServerTable;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/**
 * What of a worker outlives the process, as files of the runtime directory: its connections and their next hops. Those
 * of a predecessor are gone on with; what of them is damaged is set aside, and the worker begins anew.
 */
final class WorkerFiles
{
    private final DataPlaneContext context;
    private final Inheritance inheritance;
    private final ConfigurationInForce configuration;
    private final ServerTable servers;
    private final IdleTimeouts timeouts;
    private final PrintStream log;
    private final MappedFile[] tables;

    WorkerFiles(
        final DataPlaneContext context,
        final Inheritance inheritance,
        final ConfigurationInForce configuration,
        final ServerTable servers,
        final IdleTimeouts timeouts,
        final PrintStream log)
    {
        this.context = context;
        this.inheritance = inheritance;
        this.configuration = configuration;
        this.servers = servers;
        this.timeouts = timeouts;
        this.log = log;
        this.tables = new MappedFile[context.workers().size()];
    }

    /**
     * @param number     of the worker.
     * @param own        counters of the worker; its servers' connections are counted again.
     * @param accounting that counts them.
     * @return the worker's table.
     * @throws IllegalStateException if there is not enough memory.
     */
    ConnectionTable openConnections(
        final int number, final WorkerCounters own, final ConnectionAccounting accounting)
    {
        final Path file = context.directory().resolve("connections-" + number + ".dat");
        if (inheritance.isThere() && Files.exists(file))
        {
            try
            {
                return attach(number, file, accounting, own);
            }
            catch (final TableRefusedException | IllegalArgumentException ex)
            {
                inheritance.setAside(file, ex.getMessage());
                own.clearConnections(servers.slots());
            }
        }
        final long length = ConnectionTableDescriptor.requiredBytes(context.connections());
        final MappedFile mapped = MappedFile.map(file, length, configuration.isIpv6Reserved() ? length :
            ConnectionTableDescriptor.extensionsOffset(context.connections()));
        tables[number] = mapped;
        log.println("event=connections-created worker=" + number + " " + mapped);
        return ConnectionTable.create(mapped.memory(), context.connections(), new SecureRandom().nextLong(),
            context.bootId(), ProcessHandle.current().pid(), timeouts, accounting, nowMs());
    }

    private ConnectionTable attach(
        final int number, final Path file, final ConnectionAccounting accounting, final WorkerCounters own)
        throws TableRefusedException
    {
        final MappedFile mapped =
            MappedFile.map(file, ConnectionTableDescriptor.requiredBytes(context.connections()), 0);
        final IntArrayList homeless = new IntArrayList();
        final AttachListener count = (found, index) ->
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
        };
        own.clearConnections(servers.slots());
        final ConnectionTable table;
        try
        {
            table = ConnectionTable.attach(mapped.memory(), context.connections(), context.bootId(),
                ProcessHandle.current().pid(), timeouts, accounting, count, nowMs());
        }
        catch (final TableRefusedException | IllegalArgumentException ex)
        {
            mapped.close();
            throw ex;
        }
        tables[number] = mapped;
        homeless.forEachInt(table::remove);
        log.println("event=connections-inherited file=" + file + " removed=" + homeless.size() + " " +
            table.attachReport());
        return table;
    }

    /**
     * Gives pages to the part of a worker's table that only IPv6 connections need. Conductor's thread.
     *
     * @param number of the worker.
     * @throws IllegalStateException if there is not enough memory.
     */
    void reserveIpv6(final int number)
    {
        final long offset = ConnectionTableDescriptor.extensionsOffset(context.connections());
        tables[number].reserve(offset, ConnectionTableDescriptor.requiredBytes(context.connections()) - offset);
    }

    /**
     * @param number     of the worker.
     * @param interfaces how many there are.
     * @return the next hops that the worker's connections name.
     */
    ClientNextHops openClientHops(final int number, final int interfaces)
    {
        final Path file = context.directory().resolve("hops-" + number + ".dat");
        if (inheritance.isThere() && Files.exists(file))
        {
            try
            {
                return ClientNextHops.attach(
                    MappedFile.map(file, ClientNextHops.LENGTH_BYTES, 0).memory(), interfaces);
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
