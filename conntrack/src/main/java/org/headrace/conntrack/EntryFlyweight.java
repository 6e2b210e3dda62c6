package org.headrace.conntrack;

import static org.headrace.conntrack.EntryDescriptor.ADDRESSES_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.BYTES_HIGH_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.BYTES_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.CLIENT_HOP_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.FLAGS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.LAST_SEEN_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.PACKETS_HIGH_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.PACKETS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.PORTS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.PROFILE_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.PROTOCOL_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.SEQUENCE_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.SERVER_SLOT_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.STATE_OFFSET;

import java.lang.invoke.VarHandle;

/**
 * One connection's bytes as values, by the address of its entry line, side record or extension line: used over the
 * table itself and over the copies that readers take.
 */
final class EntryFlyweight
{
    /** Upper half of the long of the REPLY tuple's addresses, in little-endian order. */
    private static final int SERVER_ADDRESS_OFFSET = ADDRESSES_OFFSET + 12;
    /** Upper half of the int of the REPLY tuple's ports. */
    private static final int SERVER_PORT_OFFSET = PORTS_OFFSET + 6;

    private EntryFlyweight()
    {
    }

    static int protocol(final long entry)
    {
        return OffHeap.getUnsignedByte(entry + PROTOCOL_OFFSET);
    }

    static int flags(final long entry)
    {
        return OffHeap.getUnsignedByte(entry + FLAGS_OFFSET);
    }

    static int state(final long entry)
    {
        return OffHeap.getUnsignedByte(entry + STATE_OFFSET) & 0x0F;
    }

    static void state(final long entry, final int state)
    {
        OffHeap.putByte(entry + STATE_OFFSET, OffHeap.getUnsignedByte(entry + STATE_OFFSET) & 0xF0 | state);
    }

    static int profile(final long entry)
    {
        return OffHeap.getUnsignedByte(entry + PROFILE_OFFSET);
    }

    static int serverSlot(final long entry)
    {
        return OffHeap.getUnsignedByte(entry + STATE_OFFSET) >>> 4 << 16 |
            OffHeap.getUnsignedShort(entry + SERVER_SLOT_OFFSET);
    }

    static int clientHop(final long entry)
    {
        return OffHeap.getUnsignedShort(entry + CLIENT_HOP_OFFSET);
    }

    static void clientHop(final long entry, final int hop)
    {
        OffHeap.putShort(entry + CLIENT_HOP_OFFSET, hop);
    }

    /** Both addresses of a direction's tuple, source in the upper half; of an IPv6 connection, the tuple's hash. */
    static long addresses(final long entry, final int direction)
    {
        return OffHeap.getLong(entry + ADDRESSES_OFFSET + (direction << 3));
    }

    /** Both ports of a direction's tuple, source in the upper half. */
    static int ports(final long entry, final int direction)
    {
        return OffHeap.getInt(entry + PORTS_OFFSET + (direction << 2));
    }

    /** Server's address for direction IN, virtual address for REPLY: the outer two of the four IPv4 addresses. */
    static int translatedAddress(final long entry, final int direction)
    {
        return OffHeap.getInt(entry + SERVER_ADDRESS_OFFSET - direction * (SERVER_ADDRESS_OFFSET - ADDRESSES_OFFSET));
    }

    /** Server's port for direction IN, virtual port for REPLY. */
    static int translatedPort(final long entry, final int direction)
    {
        return OffHeap.getUnsignedShort(entry + SERVER_PORT_OFFSET - direction * (SERVER_PORT_OFFSET - PORTS_OFFSET));
    }

    static int lastSeen(final long entry)
    {
        return OffHeap.getInt(entry + LAST_SEEN_OFFSET);
    }

    static int nextSequence(final long entry, final int direction)
    {
        return OffHeap.getInt(entry + SEQUENCE_OFFSET + (direction << 2));
    }

    static void nextSequence(final long entry, final int direction, final int sequence)
    {
        OffHeap.putInt(entry + SEQUENCE_OFFSET + (direction << 2), sequence);
    }

    static long packets(final long entry, final long side, final int direction)
    {
        return (long)OffHeap.getUnsignedByte(side + PACKETS_HIGH_OFFSET + direction) << 32 |
            OffHeap.getInt(entry + PACKETS_OFFSET + (direction << 3)) & 0xFFFF_FFFFL;
    }

    static long bytes(final long entry, final int direction)
    {
        return (long)OffHeap.getUnsignedShort(entry + BYTES_HIGH_OFFSET + (direction << 1)) << 32 |
            OffHeap.getInt(entry + BYTES_OFFSET + (direction << 3)) & 0xFFFF_FFFFL;
    }

    /** One half of an address of the extension line: of the source (part 0, 1) or of the destination (part 2, 3). */
    static long extensionPart(final long extension, final int direction, final int part)
    {
        return OffHeap.getLong(extension + (direction << 5) + (part << 3));
    }

    static void onPacket(
        final long entry,
        final long side,
        final int direction,
        final int lengthBytes,
        final int lastSeen)
    {
        final long counters = entry + (direction << 3);
        OffHeap.putInt(entry + LAST_SEEN_OFFSET, lastSeen);
        final long bytes = (OffHeap.getInt(counters + BYTES_OFFSET) & 0xFFFF_FFFFL) + lengthBytes;
        OffHeap.putInt(counters + BYTES_OFFSET, (int)bytes);
        final int packets = OffHeap.getInt(counters + PACKETS_OFFSET) + 1;
        OffHeap.putInt(counters + PACKETS_OFFSET, packets);
        if (bytes >>> 32 != 0 || packets == 0)
        {
            carrySlowPath(entry, side, direction, (int)(bytes >>> 32), packets == 0 ? 1 : 0);
        }
    }

    private static void carrySlowPath(
        final long entry,
        final long side,
        final int direction,
        final int bytesCarry,
        final int packetsCarry)
    {
        final long bytesHigh = entry + BYTES_HIGH_OFFSET + (direction << 1);
        OffHeap.putShort(bytesHigh, OffHeap.getUnsignedShort(bytesHigh) + bytesCarry);
        final long packetsHigh = side + PACKETS_HIGH_OFFSET + direction;
        OffHeap.putByte(packetsHigh, OffHeap.getUnsignedByte(packetsHigh) + packetsCarry);
    }

    /** Writes a whole entry line; for IPv6 the hashes stand where the addresses do not fit. */
    static void write(
        final long entry,
        final NewConnection connection,
        final long hash,
        final long replyHash,
        final int lastSeen)
    {
        final boolean isIpv6 = connection.isIpv6();
        OffHeap.putLong(entry + ADDRESSES_OFFSET, isIpv6 ? hash : connection.ipv4Addresses(ConnectionTable.IN));
        OffHeap.putLong(entry + ADDRESSES_OFFSET + 8,
            isIpv6 ? replyHash : connection.ipv4Addresses(ConnectionTable.REPLY));
        OffHeap.putInt(entry + PORTS_OFFSET, connection.portsOf(ConnectionTable.IN));
        OffHeap.putInt(entry + PORTS_OFFSET + 4, connection.portsOf(ConnectionTable.REPLY));
        OffHeap.putByte(entry + PROTOCOL_OFFSET, connection.protocol());
        OffHeap.putByte(entry + STATE_OFFSET, connection.state() | connection.serverSlot() >>> 16 << 4);
        OffHeap.putByte(entry + PROFILE_OFFSET, connection.profile());
        OffHeap.putShort(entry + SERVER_SLOT_OFFSET, connection.serverSlot());
        OffHeap.putShort(entry + CLIENT_HOP_OFFSET, connection.clientHop());
        OffHeap.putInt(entry + LAST_SEEN_OFFSET, lastSeen);
        OffHeap.putInt(entry + BYTES_HIGH_OFFSET, 0);
        OffHeap.putLong(entry + BYTES_OFFSET, 0);
        OffHeap.putLong(entry + BYTES_OFFSET + 8, 0);
        OffHeap.putLong(entry + SEQUENCE_OFFSET, 0);
        // the flags last: an entry that says it is live is whole, also to whoever finds it after a kill
        VarHandle.releaseFence();
        OffHeap.putByte(entry + FLAGS_OFFSET, connection.flags());
    }

    static void writeExtension(final long extension, final NewConnection connection)
    {
        for (int direction = ConnectionTable.IN; direction <= ConnectionTable.REPLY; direction++)
        {
            final long ends = extension + (direction << 5);
            OffHeap.putLong(ends, connection.sourceHigh(direction));
            OffHeap.putLong(ends + 8, connection.sourceLow(direction));
            OffHeap.putLong(ends + 16, connection.destinationHigh(direction));
            OffHeap.putLong(ends + 24, connection.destinationLow(direction));
        }
    }

    /** Takes a connection back: the entry says so before anything of it is overwritten. */
    static void clear(final long entry)
    {
        VarHandle.releaseFence();
        OffHeap.putByte(entry + FLAGS_OFFSET, 0);
    }
}
