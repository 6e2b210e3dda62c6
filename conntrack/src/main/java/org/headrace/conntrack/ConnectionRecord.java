package org.headrace.conntrack;

import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.REPLY;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A copy of one connection, taken by a {@link ConnectionTableReader} and used again for the next one. Belongs to the
 * thread that reads.
 */
public final class ConnectionRecord
{
    private static final int ENTRY_LENGTH = 1 << EntryDescriptor.ENTRY_SHIFT;
    private static final int EXTENSION_LENGTH = 1 << EntryDescriptor.EXTENSION_SHIFT;
    private static final int SIDE_LENGTH = 16;

    private final MemorySegment memory =
        Arena.ofAuto().allocate(ENTRY_LENGTH + EXTENSION_LENGTH + SIDE_LENGTH, ConnectionTableDescriptor.ALIGNMENT);
    private final long entry = memory.address();
    private final long extension = entry + ENTRY_LENGTH;
    private final long side = extension + EXTENSION_LENGTH;
    private int index = ConnectionTable.NOT_FOUND;

    /** An empty record, to be filled by a reader. */
    public ConnectionRecord()
    {
    }

    /** @return the connection's place in its table. */
    public int index()
    {
        return index;
    }

    /** @return IP protocol number. */
    public int protocol()
    {
        return EntryFlyweight.protocol(entry);
    }

    /** @return true for IPv6, false for IPv4. */
    public boolean isIpv6()
    {
        return (EntryFlyweight.flags(entry) & EntryDescriptor.IPV6) != 0;
    }

    /** @return true if the server sees a local address for the client's (FULLNAT). */
    public boolean hasLocal()
    {
        return (EntryFlyweight.flags(entry) & EntryDescriptor.LOCAL) != 0;
    }

    /** @return true if the server answers past us. */
    public boolean isOneWay()
    {
        return (EntryFlyweight.flags(entry) & EntryDescriptor.ONE_WAY) != 0;
    }

    /** @return one of {@link TcpState}. */
    public int state()
    {
        return EntryFlyweight.state(entry);
    }

    /** @return the owner's number of the server. */
    public int serverSlot()
    {
        return EntryFlyweight.serverSlot(entry);
    }

    /** @return the owner's number of the way back to the client. */
    public int clientHop()
    {
        return EntryFlyweight.clientHop(entry);
    }

    /** @return the owner's number of the forwarding method. */
    public int forwarding()
    {
        return EntryFlyweight.flags(entry) >>> EntryDescriptor.FORWARDING_SHIFT & EntryDescriptor.FORWARDING_MASK;
    }

    /** @return profile in {@link IdleTimeouts}. */
    public int timeoutsProfile()
    {
        return EntryFlyweight.profile(entry);
    }

    /** @return IPv4 address of the client. */
    public int clientAddress()
    {
        return (int)(EntryFlyweight.addresses(entry, IN) >>> 32);
    }

    /** @return IPv4 address that the client talks to. */
    public int virtualAddress()
    {
        return (int)EntryFlyweight.addresses(entry, IN);
    }

    /** @return IPv4 address of the server. */
    public int serverAddress()
    {
        return (int)(EntryFlyweight.addresses(entry, REPLY) >>> 32);
    }

    /** @return IPv4 address that the server sees. */
    public int localAddress()
    {
        return (int)EntryFlyweight.addresses(entry, REPLY);
    }

    /** @return first half of the client's IPv6 address. */
    public long clientHigh()
    {
        return EntryFlyweight.extensionPart(extension, IN, 0);
    }

    /** @return second half of the client's IPv6 address. */
    public long clientLow()
    {
        return EntryFlyweight.extensionPart(extension, IN, 1);
    }

    /** @return first half of the IPv6 address that the client talks to. */
    public long virtualHigh()
    {
        return EntryFlyweight.extensionPart(extension, IN, 2);
    }

    /** @return second half of the IPv6 address that the client talks to. */
    public long virtualLow()
    {
        return EntryFlyweight.extensionPart(extension, IN, 3);
    }

    /** @return first half of the server's IPv6 address. */
    public long serverHigh()
    {
        return EntryFlyweight.extensionPart(extension, REPLY, 0);
    }

    /** @return second half of the server's IPv6 address. */
    public long serverLow()
    {
        return EntryFlyweight.extensionPart(extension, REPLY, 1);
    }

    /** @return first half of the IPv6 address that the server sees. */
    public long localHigh()
    {
        return EntryFlyweight.extensionPart(extension, REPLY, 2);
    }

    /** @return second half of the IPv6 address that the server sees. */
    public long localLow()
    {
        return EntryFlyweight.extensionPart(extension, REPLY, 3);
    }

    /** @return port of the client. */
    public int clientPort()
    {
        return EntryFlyweight.ports(entry, IN) >>> 16;
    }

    /** @return port that the client talks to. */
    public int virtualPort()
    {
        return EntryFlyweight.ports(entry, IN) & 0xFFFF;
    }

    /** @return port of the server. */
    public int serverPort()
    {
        return EntryFlyweight.ports(entry, REPLY) >>> 16;
    }

    /** @return port that the server sees. */
    public int localPort()
    {
        return EntryFlyweight.ports(entry, REPLY) & 0xFFFF;
    }

    /** @param direction of the packets. @return how many, modulo 2^40. */
    public long packets(final int direction)
    {
        return EntryFlyweight.packets(entry, side, direction);
    }

    /** @param direction of the packets. @return bytes in them, modulo 2^48. */
    public long bytes(final int direction)
    {
        return EntryFlyweight.bytes(entry, direction);
    }

    /**
     * @param reader that filled this record.
     * @param nowMs monotonic clock.
     * @return milliseconds since its last packet.
     */
    public long idleMs(final ConnectionTableReader reader, final long nowMs)
    {
        return Math.max(0, (int)(nowMs - reader.baseMs()) - EntryFlyweight.lastSeen(entry));
    }

    /**
     * @param reader   that filled this record.
     * @param timeouts that the table works with.
     * @param nowMs    monotonic clock.
     * @return milliseconds that the connection has left, 0 if overdue.
     */
    public long expiresMs(final ConnectionTableReader reader, final IdleTimeouts timeouts, final long nowMs)
    {
        return Math.max(0, timeouts.timeoutMs(timeoutsProfile(), state()) - idleMs(reader, nowMs));
    }

    void copy(final int fromIndex, final long fromEntry, final long fromSide)
    {
        index = fromIndex;
        for (int offset = 0; offset < ENTRY_LENGTH; offset += Long.BYTES)
        {
            OffHeap.putLong(entry + offset, OffHeap.getLong(fromEntry + offset));
        }
        OffHeap.putInt(side + EntryDescriptor.GENERATION_OFFSET,
            OffHeap.getInt(fromSide + EntryDescriptor.GENERATION_OFFSET));
    }

    void copyExtension(final long fromExtension)
    {
        for (int offset = 0; offset < EXTENSION_LENGTH; offset += Long.BYTES)
        {
            OffHeap.putLong(extension + offset, OffHeap.getLong(fromExtension + offset));
        }
    }
}
