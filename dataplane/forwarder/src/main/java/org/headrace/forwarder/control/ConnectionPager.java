package org.headrace.forwarder.control;

import org.headrace.conntrack.ConnectionRecord;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TcpState;
import org.headrace.protocol.ConnectionSnapshot;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.codec.Transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Reads the workers' connections page by page, without their help. A page looks at a bounded number of table entries,
 * so a page of a sparse or filtered table may be short, even empty, and still name a next one.
 */
final class ConnectionPager
{
    /** Entries that one page looks at, at most: a few milliseconds. */
    private static final int SCAN_LIMIT = 1 << 18;
    private static final int WORKER_SHIFT = 32;

    /**
     * @param transport IP protocol number, 0 for any.
     * @param virtual   service, or {@link Endpoint#NONE} for any.
     * @param client    client, address {@code ::} for any, port 0 for any.
     */
    record Filter(int transport, Endpoint virtual, Endpoint client)
    {
        boolean accepts(final ConnectionSnapshot connection)
        {
            return (transport == 0 || transport == connection.transport().value()) &&
                (virtual.equals(Endpoint.NONE) || virtual.equals(connection.virtual())) &&
                (client.address().isNone() || client.address().equals(connection.client().address())) &&
                (client.port() == 0 || client.port() == connection.client().port());
        }
    }

    /**
     * @param connections of the page.
     * @param nextCursor  of the next page, 0 if there is none.
     */
    record Page(List<ConnectionSnapshot> connections, long nextCursor)
    {
    }

    private final List<? extends WorkerLink> workers;
    private final IdleTimeouts timeouts;
    private final ConnectionRecord record = new ConnectionRecord();

    ConnectionPager(final List<? extends WorkerLink> workers, final IdleTimeouts timeouts)
    {
        this.workers = workers;
        this.timeouts = timeouts;
    }

    /**
     * @param cursor   0 for the first page, else what the last page gave.
     * @param pageSize 1 to {@link ControlChannel#MAX_PAGE_SIZE}; what is beyond is cut to that.
     * @param filter   which connections.
     * @return the page.
     */
    Page page(final long cursor, final int pageSize, final Filter filter)
    {
        final int wanted = Math.clamp(pageSize, 1, ControlChannel.MAX_PAGE_SIZE);
        final List<ConnectionSnapshot> connections = new ArrayList<>(wanted);
        final long nowMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        int worker = Math.clamp(cursor >> WORKER_SHIFT, 0, workers.size());
        int index = Math.max(0, (int)cursor);
        int scanned = 0;
        while (worker < workers.size() && connections.size() < wanted && scanned < SCAN_LIMIT)
        {
            final ConnectionTableReader reader = workers.get(worker).connections();
            final int limit = (int)Math.min((long)index + SCAN_LIMIT - scanned, reader.limit());
            final int found = reader.next(index, limit, record);
            final int reached = found == ConnectionTable.NOT_FOUND ? Math.max(limit, index) : found + 1;
            scanned += reached - index;
            index = reached;
            if (found != ConnectionTable.NOT_FOUND)
            {
                addIfWanted(connections, snapshot(reader, worker, nowMs), filter);
            }
            else if (index >= reader.limit())
            {
                worker++;
                index = 0;
            }
        }
        return new Page(connections, worker < workers.size() ? (long)worker << WORKER_SHIFT | index : 0);
    }

    private static void addIfWanted(
        final List<ConnectionSnapshot> connections, final ConnectionSnapshot connection, final Filter filter)
    {
        if (filter.accepts(connection))
        {
            connections.add(connection);
        }
    }

    private ConnectionSnapshot snapshot(final ConnectionTableReader reader, final int worker, final long nowMs)
    {
        final boolean isIpv6 = record.isIpv6();
        final IpAddress client =
            isIpv6 ? new IpAddress(record.clientHigh(), record.clientLow()) : IpAddress.ofIpv4(record.clientAddress());
        final IpAddress virtual = isIpv6 ?
            new IpAddress(record.virtualHigh(), record.virtualLow()) : IpAddress.ofIpv4(record.virtualAddress());
        final IpAddress server =
            isIpv6 ? new IpAddress(record.serverHigh(), record.serverLow()) : IpAddress.ofIpv4(record.serverAddress());
        return new ConnectionSnapshot(
            Transport.get((short)record.protocol()),
            new Endpoint(client, record.clientPort()),
            new Endpoint(virtual, record.virtualPort()),
            Endpoint.NONE,
            new Endpoint(server, record.serverPort()),
            record.state(),
            TcpState.name(record.state()),
            worker,
            record.expiresMs(reader, timeouts, nowMs),
            record.packets(ConnectionTable.IN),
            record.packets(ConnectionTable.REPLY),
            record.bytes(ConnectionTable.IN),
            record.bytes(ConnectionTable.REPLY));
    }
}
