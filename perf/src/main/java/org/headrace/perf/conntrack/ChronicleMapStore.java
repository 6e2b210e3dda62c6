package org.headrace.perf.conntrack;

import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.values.Values;

/**
 * Chronicle Map, off-heap, with its value interfaces, which is its fastest way. Each direction has an entry of its own,
 * so that a packet costs one search; what both directions share (state, server) would stand in both.
 */
final class ChronicleMapStore extends ClocklessStore
{
    private static final int PACKET_BYTES = 1_000;

    /** Key of a direction. */
    public interface Tuple
    {
        /** @return addresses. */
        long getAddresses();

        /** @param addresses source in the upper half. */
        void setAddresses(long addresses);

        /** @return ports. */
        int getPorts();

        /** @param ports source in the upper half. */
        void setPorts(int ports);

        /** @return protocol. */
        byte getProtocol();

        /** @param protocol IP number. */
        void setProtocol(byte protocol);
    }

    /** What is kept for a direction. */
    public interface Flow
    {
        /** @return bytes. */
        long getBytes();

        /** @param bytes counted. */
        void setBytes(long bytes);

        /** @return packets. */
        long getPackets();

        /** @param packets counted. */
        void setPackets(long packets);

        /** @return time. */
        int getLastSeen();

        /** @param lastSeen time. */
        void setLastSeen(int lastSeen);

        /** @return server. */
        int getServer();

        /** @param server number. */
        void setServer(int server);
    }

    private final ChronicleMap<Tuple, Flow> flows;
    private final Tuple tuple = Values.newHeapInstance(Tuple.class);
    private final Flow flow = Values.newNativeReference(Flow.class);

    ChronicleMapStore(final int connections)
    {
        flows = ChronicleMap.of(Tuple.class, Flow.class).entries(2L * connections).putReturnsNull(true)
            .removeReturnsNull(true).create();
    }

    @Override
    public int onPackets(final long[] packets)
    {
        int found = 0;
        for (final long packet : packets)
        {
            final Flow known = flows.getUsing(tuple(packet >>> 1, Tuples.isReply(packet)), flow);
            if (known != null)
            {
                known.setLastSeen(known.getLastSeen() + 1);
                known.setPackets(known.getPackets() + 1);
                known.setBytes(known.getBytes() + PACKET_BYTES);
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
            flows.acquireUsing(tuple(number, false), flow).setServer(Tuples.server(number));
            flows.acquireUsing(tuple(number, true), flow).setServer(Tuples.server(number));
        }
    }

    @Override
    public long memoryBytes()
    {
        return ProcessMemory.residentBytes();
    }

    @Override
    public void close()
    {
        flows.close();
    }

    @Override
    void remove(final long number)
    {
        flows.remove(tuple(number, false));
        flows.remove(tuple(number, true));
    }

    private Tuple tuple(final long number, final boolean isReply)
    {
        tuple.setAddresses(Tuples.addresses(number, isReply));
        tuple.setPorts(Tuples.ports(number, isReply));
        tuple.setProtocol((byte)Tuples.PROTOCOL);
        return tuple;
    }
}
