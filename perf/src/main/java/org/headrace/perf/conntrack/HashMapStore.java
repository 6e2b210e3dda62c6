package org.headrace.perf.conntrack;

import java.util.HashMap;
import java.util.Map;

/** The plainest that Java has: both tuples lead to one object. */
final class HashMapStore extends ClocklessStore
{
    private static final int PACKET_BYTES = 1_000;

    /** With a hash that mixes: the one that a record gets by itself spreads tuples of one service badly. */
    private record Tuple(long addresses, int ports, byte protocol)
    {
        @Override
        public boolean equals(final Object other)
        {
            return other instanceof final Tuple tuple && addresses == tuple.addresses && ports == tuple.ports &&
                protocol == tuple.protocol;
        }

        @Override
        public int hashCode()
        {
            final long mixed = (addresses ^ (ports & 0xFFFF_FFFFL) << 16 ^ protocol) * 0x9E37_79B9_7F4A_7C15L;
            return (int)(mixed ^ mixed >>> 32);
        }
    }

    /** As much as the connection table keeps; counters of both directions. */
    private static final class Connection
    {
        private long bytesIn;
        private long bytesReply;
        private long packetsIn;
        private long packetsReply;
        private long lastSeenMs;
        private int server;
        private int clientSequence;
        private int serverSequence;
        private short clientHop;
        private byte state;
        private byte timeouts;
    }

    private final Map<Tuple, Connection> flows;

    HashMapStore(final int connections)
    {
        flows = HashMap.newHashMap(2 * connections);
    }

    @Override
    public int onPackets(final long[] packets)
    {
        int found = 0;
        for (final long packet : packets)
        {
            final boolean isReply = Tuples.isReply(packet);
            final Connection connection = flows.get(tuple(packet >>> 1, isReply));
            if (connection != null)
            {
                connection.lastSeenMs++;
                if (isReply)
                {
                    connection.packetsReply++;
                    connection.bytesReply += PACKET_BYTES;
                }
                else
                {
                    connection.packetsIn++;
                    connection.bytesIn += PACKET_BYTES;
                }
                found++;
            }
        }
        return found;
    }

    @Override
    public void insert(final long[] numbers)
    {
        for (final long number : numbers)
        {
            final Connection connection = new Connection();
            connection.server = Tuples.server(number);
            flows.put(tuple(number, false), connection);
            flows.put(tuple(number, true), connection);
        }
    }

    @Override
    public long memoryBytes()
    {
        System.gc();
        final Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Override
    public void close()
    {
        flows.clear();
    }

    @Override
    void remove(final long number)
    {
        flows.remove(tuple(number, false));
        flows.remove(tuple(number, true));
    }

    private static Tuple tuple(final long number, final boolean isReply)
    {
        return new Tuple(Tuples.addresses(number, isReply), Tuples.ports(number, isReply), (byte)Tuples.PROTOCOL);
    }
}
