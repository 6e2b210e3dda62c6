package org.headrace.conntrack;

import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.REPLY;

import java.lang.foreign.MemorySegment;

/**
 * What stands in the connections of a table, by index. Only the table's own thread may ask; others take copies with a
 * {@link ConnectionTableReader}.
 */
public abstract sealed class ConnectionFields permits ConnectionTable
{
    private final long sides;
    private final long entries;
    private final long extensions;

    ConnectionFields(final MemorySegment memory, final int capacity)
    {
        sides = memory.address() + ConnectionTableDescriptor.sidesOffset(capacity);
        entries = memory.address() + ConnectionTableDescriptor.entriesOffset(capacity);
        extensions = memory.address() + ConnectionTableDescriptor.extensionsOffset(capacity);
    }

    /** @param index of the connection. @return IP protocol number. */
    public final int protocol(final int index)
    {
        return EntryFlyweight.protocol(entry(index));
    }

    /** @param index of the connection. @return true for IPv6, false for IPv4. */
    public final boolean isIpv6(final int index)
    {
        return (EntryFlyweight.flags(entry(index)) & EntryDescriptor.IPV6) != 0;
    }

    /** @param index of the connection. @return true if the server sees a local address for the client's (FULLNAT). */
    public final boolean hasLocal(final int index)
    {
        return (EntryFlyweight.flags(entry(index)) & EntryDescriptor.LOCAL) != 0;
    }

    /** @param index of the connection. @return true if the server answers past us. */
    public final boolean isOneWay(final int index)
    {
        return (EntryFlyweight.flags(entry(index)) & EntryDescriptor.ONE_WAY) != 0;
    }

    /** @param index of the connection. @return one of {@link TcpState}. */
    public final int state(final int index)
    {
        return EntryFlyweight.state(entry(index));
    }

    /** @param index of an IPv4 connection. @return address of the client. */
    public final int clientAddress(final int index)
    {
        return (int)(EntryFlyweight.addresses(entry(index), IN) >>> 32);
    }

    /** @param index of an IPv4 connection. @return address that the client talks to. */
    public final int virtualAddress(final int index)
    {
        return (int)EntryFlyweight.addresses(entry(index), IN);
    }

    /** @param index of an IPv4 connection. @return address of the server. */
    public final int serverAddress(final int index)
    {
        return (int)(EntryFlyweight.addresses(entry(index), REPLY) >>> 32);
    }

    /** @param index of an IPv4 connection. @return address that the server sees: the client's if there is no other. */
    public final int localAddress(final int index)
    {
        return (int)EntryFlyweight.addresses(entry(index), REPLY);
    }

    /** @param index of an IPv6 connection. @return first half of the client's address. */
    public final long clientHigh(final int index)
    {
        return EntryFlyweight.extensionPart(extension(index), IN, 0);
    }

    /** @param index of an IPv6 connection. @return second half of the client's address. */
    public final long clientLow(final int index)
    {
        return EntryFlyweight.extensionPart(extension(index), IN, 1);
    }

    /** @param index of an IPv6 connection. @return first half of the address that the client talks to. */
    public final long virtualHigh(final int index)
    {
        return EntryFlyweight.extensionPart(extension(index), IN, 2);
    }

    /** @param index of an IPv6 connection. @return second half of the address that the client talks to. */
    public final long virtualLow(final int index)
    {
        return EntryFlyweight.extensionPart(extension(index), IN, 3);
    }

    /** @param index of an IPv6 connection. @return first half of the server's address. */
    public final long serverHigh(final int index)
    {
        return EntryFlyweight.extensionPart(extension(index), REPLY, 0);
    }

    /** @param index of an IPv6 connection. @return second half of the server's address. */
    public final long serverLow(final int index)
    {
        return EntryFlyweight.extensionPart(extension(index), REPLY, 1);
    }

    /** @param index of an IPv6 connection. @return first half of the address that the server sees. */
    public final long localHigh(final int index)
    {
        return EntryFlyweight.extensionPart(extension(index), REPLY, 2);
    }

    /** @param index of an IPv6 connection. @return second half of the address that the server sees. */
    public final long localLow(final int index)
    {
        return EntryFlyweight.extensionPart(extension(index), REPLY, 3);
    }

    /** @param index of the connection. @return port of the client. */
    public final int clientPort(final int index)
    {
        return EntryFlyweight.ports(entry(index), IN) >>> 16;
    }

    /** @param index of the connection. @return port that the client talks to. */
    public final int virtualPort(final int index)
    {
        return EntryFlyweight.ports(entry(index), IN) & 0xFFFF;
    }

    /** @param index of the connection. @return port of the server. */
    public final int serverPort(final int index)
    {
        return EntryFlyweight.ports(entry(index), REPLY) >>> 16;
    }

    /** @param index of the connection. @return port that the server sees: the client's if there is no local end. */
    public final int localPort(final int index)
    {
        return EntryFlyweight.ports(entry(index), REPLY) & 0xFFFF;
    }

    /**
     * @param flow result of a search for a packet of an IPv4 connection.
     * @return address that NAT puts into it: the server's for the client's destination, the virtual one for the
     *         server's source. Both directions are read alike, without a branch.
     */
    public final int translatedAddress(final int flow)
    {
        return EntryFlyweight.translatedAddress(entry(flow >>> 1), flow & 1);
    }

    /** @param flow result of a search for a packet. @return port that NAT puts into it, as with the address. */
    public final int translatedPort(final int flow)
    {
        return EntryFlyweight.translatedPort(entry(flow >>> 1), flow & 1);
    }

    /** @param index of the connection. @return the owner's number of the server, 0 to 131071. */
    public final int serverSlot(final int index)
    {
        return EntryFlyweight.serverSlot(entry(index));
    }

    /** @param index of the connection. @return the owner's number of the way back to the client, 0 to 65535. */
    public final int clientHop(final int index)
    {
        return EntryFlyweight.clientHop(entry(index));
    }

    /** @param index of the connection. @return the owner's number of the forwarding method, 0 to 3. */
    public final int forwarding(final int index)
    {
        return EntryFlyweight.flags(entry(index)) >>>
            EntryDescriptor.FORWARDING_SHIFT & EntryDescriptor.FORWARDING_MASK;
    }

    /** @param index of the connection. @return its profile in {@link IdleTimeouts}, 0 to 255. */
    public final int timeoutsProfile(final int index)
    {
        return EntryFlyweight.profile(entry(index));
    }

    /** @param index of a TCP connection. @param direction sender. @return true if its sequence number is known. */
    public final boolean isSequenceKnown(final int index, final int direction)
    {
        return SequenceTracker.isKnown(entry(index), direction);
    }

    /**
     * @param index     of a TCP connection.
     * @param direction of the sender.
     * @return sequence number that it will use next, if {@link #isSequenceKnown known}: the highest that it has used
     *         or that the other end has acknowledged.
     */
    public final int nextSequence(final int index, final int direction)
    {
        return EntryFlyweight.nextSequence(entry(index), direction);
    }

    /** @param index of the connection. @param direction of the packets. @return how many, modulo 2^40. */
    public final long packets(final int index, final int direction)
    {
        return EntryFlyweight.packets(entry(index), side(index), direction);
    }

    /** @param index of the connection. @param direction of the packets. @return bytes in them, modulo 2^48. */
    public final long bytes(final int index, final int direction)
    {
        return EntryFlyweight.bytes(entry(index), direction);
    }

    final long entry(final int index)
    {
        return entries + ((long)index << EntryDescriptor.ENTRY_SHIFT);
    }

    final long side(final int index)
    {
        return sides + (long)index * EntryDescriptor.SIDE_LENGTH;
    }

    final long extension(final int index)
    {
        return extensions + ((long)index << EntryDescriptor.EXTENSION_SHIFT);
    }
}
