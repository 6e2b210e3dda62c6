package org.headrace.forwarder.parse;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.linux.NativeMemory;

/**
 * What the parser found in each frame of a batch, one row per frame. Owned by one worker; lives as long as the process.
 *
 * <p>The rows lie outside of the heap, so that a column is one load: an array would be asked for its length each time.
 * What a packet of IPv4 needs lies in the first cache line of its row. Rows are not checked: 0 to
 * {@link PacketBatch#CAPACITY} - 1.
 *
 * <p>For an ICMP error the columns of addresses and ports describe the packet that it quotes, <i>as if that packet went
 * the other way</i>: so one look-up finds the connection, and the direction is that of the error.
 */
public final class ParsedBatch
{
    private static final int ROW_SHIFT = 7;
    private static final int NETWORK_OFFSET = 0;
    private static final int TRANSPORT_OFFSET = 8;
    private static final int SOURCE_LOW_OFFSET = 16;
    private static final int DESTINATION_LOW_OFFSET = 24;
    private static final int QUOTED_OFFSET = 32;
    private static final int SOURCE_PORT_OFFSET = 40;
    private static final int DESTINATION_PORT_OFFSET = 44;
    private static final int IP_LENGTH_OFFSET = 48;
    private static final int PROTOCOL_OFFSET = 52;
    private static final int TCP_FLAGS_OFFSET = 56;
    private static final int IS_IPV6_OFFSET = 60;
    private static final int SOURCE_HIGH_OFFSET = 64;
    private static final int DESTINATION_HIGH_OFFSET = 72;
    private static final int QUOTED_TRANSPORT_OFFSET = 80;

    private final long rows = NativeMemory.allocate((long)PacketBatch.CAPACITY << ROW_SHIFT, 1 << ROW_SHIFT);

    private long row(final int i)
    {
        return rows + ((long)i << ROW_SHIFT);
    }

    /** @param i row. @return address of the IP header. */
    public long network(final int i)
    {
        return NativeMemory.getLong(row(i) + NETWORK_OFFSET);
    }

    void network(final int i, final long value)
    {
        NativeMemory.putLong(row(i) + NETWORK_OFFSET, value);
    }

    /** @param i row. @return address of the TCP, UDP or ICMP header. */
    public long transport(final int i)
    {
        return NativeMemory.getLong(row(i) + TRANSPORT_OFFSET);
    }

    void transport(final int i, final long value)
    {
        NativeMemory.putLong(row(i) + TRANSPORT_OFFSET, value);
    }

    /** @param i row. @return source address, second half; for IPv4 its 32 bits. */
    public long sourceLow(final int i)
    {
        return NativeMemory.getLong(row(i) + SOURCE_LOW_OFFSET);
    }

    void sourceLow(final int i, final long value)
    {
        NativeMemory.putLong(row(i) + SOURCE_LOW_OFFSET, value);
    }

    /** @param i row. @return destination address, second half; for IPv4 its 32 bits. */
    public long destinationLow(final int i)
    {
        return NativeMemory.getLong(row(i) + DESTINATION_LOW_OFFSET);
    }

    void destinationLow(final int i, final long value)
    {
        NativeMemory.putLong(row(i) + DESTINATION_LOW_OFFSET, value);
    }

    /** @param i row. @return address of the IP header that an ICMP error quotes, 0 for everything else. */
    public long quoted(final int i)
    {
        return NativeMemory.getLong(row(i) + QUOTED_OFFSET);
    }

    void quoted(final int i, final long value)
    {
        NativeMemory.putLong(row(i) + QUOTED_OFFSET, value);
    }

    /** @param i row. @return source port. */
    public int sourcePort(final int i)
    {
        return NativeMemory.getInt(row(i) + SOURCE_PORT_OFFSET);
    }

    void sourcePort(final int i, final int value)
    {
        NativeMemory.putInt(row(i) + SOURCE_PORT_OFFSET, value);
    }

    /** @param i row. @return destination port. */
    public int destinationPort(final int i)
    {
        return NativeMemory.getInt(row(i) + DESTINATION_PORT_OFFSET);
    }

    void destinationPort(final int i, final int value)
    {
        NativeMemory.putInt(row(i) + DESTINATION_PORT_OFFSET, value);
    }

    /** @param i row. @return length of the IP packet in bytes, without padding of the link layer. */
    public int ipLength(final int i)
    {
        return NativeMemory.getInt(row(i) + IP_LENGTH_OFFSET);
    }

    void ipLength(final int i, final int value)
    {
        NativeMemory.putInt(row(i) + IP_LENGTH_OFFSET, value);
    }

    /** @param i row. @return number of the transport of the connection: TCP or UDP, also for an ICMP error. */
    public int protocol(final int i)
    {
        return NativeMemory.getInt(row(i) + PROTOCOL_OFFSET);
    }

    void protocol(final int i, final int value)
    {
        NativeMemory.putInt(row(i) + PROTOCOL_OFFSET, value);
    }

    /** @param i row. @return flags of a TCP segment, 0 for everything else. */
    public int tcpFlags(final int i)
    {
        return NativeMemory.getInt(row(i) + TCP_FLAGS_OFFSET);
    }

    void tcpFlags(final int i, final int value)
    {
        NativeMemory.putInt(row(i) + TCP_FLAGS_OFFSET, value);
    }

    /** @param i row. @return whether the packet is IPv6. */
    public boolean isIpv6(final int i)
    {
        return NativeMemory.getUnsignedByte(row(i) + IS_IPV6_OFFSET) != 0;
    }

    void isIpv6(final int i, final boolean value)
    {
        NativeMemory.putByte(row(i) + IS_IPV6_OFFSET, value ? 1 : 0);
    }

    /** @param i row. @return source address, first half; 0 for IPv4. */
    public long sourceHigh(final int i)
    {
        return NativeMemory.getLong(row(i) + SOURCE_HIGH_OFFSET);
    }

    void sourceHigh(final int i, final long value)
    {
        NativeMemory.putLong(row(i) + SOURCE_HIGH_OFFSET, value);
    }

    /** @param i row. @return destination address, first half; 0 for IPv4. */
    public long destinationHigh(final int i)
    {
        return NativeMemory.getLong(row(i) + DESTINATION_HIGH_OFFSET);
    }

    void destinationHigh(final int i, final long value)
    {
        NativeMemory.putLong(row(i) + DESTINATION_HIGH_OFFSET, value);
    }

    /**
     * @param i row.
     * @return address of the transport header that an ICMP error quotes; at least eight bytes of it are there.
     */
    public long quotedTransport(final int i)
    {
        return NativeMemory.getLong(row(i) + QUOTED_TRANSPORT_OFFSET);
    }

    void quotedTransport(final int i, final long value)
    {
        NativeMemory.putLong(row(i) + QUOTED_TRANSPORT_OFFSET, value);
    }
}
