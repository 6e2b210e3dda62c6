package org.headrace.perf.conntrack;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.linux.MappingPages;
import org.headrace.perf.bench.TableMemory;

/** The connection table through the calls of the packet path, in its stages: hash all, touch all, look up all. */
final class HeadraceStore implements ConnectionStore
{
    /** Bytes that the memory of a packet counts with. */
    private static final int PACKET_BYTES = 1_000;
    private static final long SEED = 0x5EED_0F1A_BE11_ED01L;

    private final TableMemory memory;
    private final ConnectionTable table;
    private final int connections;
    private final long lifeTimeMs;
    private final long[] hashes = new long[ConntrackBenchmark.OPERATIONS];
    private final int[] candidates = new int[ConntrackBenchmark.OPERATIONS];
    private long made;
    private long nowMs;
    private long touched;

    /**
     * @param connections that are in the table most of the time.
     * @param pages       what the table's memory is to consist of.
     */
    HeadraceStore(final int connections, final TableMemory.Pages pages)
    {
        // room for what a benchmark holds back: one slot of the expiry wheel and one invocation
        final int capacity = connections + connections / 512 + 4 * ConntrackBenchmark.OPERATIONS;
        final IdleTimeouts timeouts = new IdleTimeouts();
        this.connections = connections;
        lifeTimeMs = timeouts.timeoutMs(0, TcpState.UDP);
        memory = TableMemory.of(pages, ConnectionTableDescriptor.requiredBytes(capacity),
            ConnectionTableDescriptor.extensionsOffset(capacity));
        table = ConnectionTable.create(memory.segment(), capacity, SEED, timeouts, (from, index, reason) ->
        {
        }, 0);
    }

    ConnectionTable table()
    {
        return table;
    }

    MappingPages pages()
    {
        return memory.pages();
    }

    long nowMs()
    {
        return nowMs;
    }

    @Override
    public int onPackets(final long[] packets)
    {
        final int size = packets.length;
        for (int i = 0; i < size; i++)
        {
            hashes[i] = hash(packets[i] >>> 1, Tuples.isReply(packets[i]));
        }
        if (size > 1)
        {
            touch(size);
        }
        int found = 0;
        for (int i = 0; i < size; i++)
        {
            final int flow = find(hashes[i], packets[i] >>> 1, Tuples.isReply(packets[i]));
            if (flow >= 0)
            {
                table.onPacket(flow, PACKET_BYTES, nowMs);
                found++;
            }
        }
        return found;
    }

    @Override
    public void insert(final long[] numbers)
    {
        final int size = numbers.length;
        if (size > 1)
        {
            for (int i = 0; i < size; i++)
            {
                hashes[i] = hash(numbers[i], false);
            }
            touch(size);
        }
        for (final long number : numbers)
        {
            final int index = table.insert(table.newConnection().protocol(Tuples.PROTOCOL)
                .ipv4Client(Tuples.clientAddress(number), Tuples.clientPort(number))
                .ipv4Virtual(Tuples.VIRTUAL_ADDRESS, Tuples.VIRTUAL_PORT)
                .ipv4Server(Tuples.serverAddress(number), Tuples.SERVER_PORT)
                .serverSlot(Tuples.server(number)).state(TcpState.UDP), nowMs);
            if (index < 0)
            {
                throw new IllegalStateException("number=" + number + " index=" + index + " size=" + table.size());
            }
        }
    }

    @Override
    public void remove(final long[] numbers)
    {
        final int size = numbers.length;
        for (int i = 0; i < size; i++)
        {
            hashes[i] = hash(numbers[i], false);
        }
        if (size > 1)
        {
            touch(size);
        }
        for (int i = 0; i < size; i++)
        {
            table.remove(ConnectionTable.index(find(hashes[i], numbers[i], false)));
        }
    }

    @Override
    public void expire(final long oldest, final int count)
    {
        table.expire(nowMs, count);
    }

    /** Time goes by as fast as makes a connection's life as long as it takes to make all the others. */
    @Override
    public void age(final int count)
    {
        made += count;
        nowMs = (long)((double)made / connections * lifeTimeMs);
    }

    @Override
    public long memoryBytes()
    {
        return memory.residentBytes();
    }

    @Override
    public void close()
    {
        memory.close();
    }

    /** @return something that depends on all lines that were touched, so that no load is left out. */
    long touched()
    {
        return touched;
    }

    private void touch(final int size)
    {
        long sum = 0;
        for (int i = 0; i < size; i++)
        {
            sum += table.touchBucket(hashes[i]);
        }
        for (int i = 0; i < size; i++)
        {
            candidates[i] = table.candidate(hashes[i]);
        }
        for (int i = 0; i < size; i++)
        {
            sum += table.touchEntry(candidates[i]);
        }
        touched = sum;
    }

    private long hash(final long number, final boolean isReply)
    {
        return isReply ?
            table.hashIpv4(Tuples.PROTOCOL, Tuples.serverAddress(number), Tuples.SERVER_PORT,
                Tuples.clientAddress(number), Tuples.clientPort(number)) :
            table.hashIpv4(Tuples.PROTOCOL, Tuples.clientAddress(number), Tuples.clientPort(number),
                Tuples.VIRTUAL_ADDRESS, Tuples.VIRTUAL_PORT);
    }

    private int find(final long hash, final long number, final boolean isReply)
    {
        return isReply ?
            table.findIpv4(hash, Tuples.PROTOCOL, Tuples.serverAddress(number), Tuples.SERVER_PORT,
                Tuples.clientAddress(number), Tuples.clientPort(number)) :
            table.findIpv4(hash, Tuples.PROTOCOL, Tuples.clientAddress(number), Tuples.clientPort(number),
                Tuples.VIRTUAL_ADDRESS, Tuples.VIRTUAL_PORT);
    }
}
