package org.headrace.forwarder.wire;

import static org.headrace.forwarder.linux.NativeMemory.getNetworkLong;
import static org.headrace.forwarder.linux.NativeMemory.getNetworkShort;
import static org.headrace.forwarder.linux.NativeMemory.getUnsignedByte;
import static org.headrace.forwarder.linux.NativeMemory.putByte;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkLong;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkShort;

/**
 * IPv6 header (RFC 8200 section 3).
 *
 * <pre>
 *  0      4             12                                   31
 *  +------+-------------+------------------------------------+
 *  |vers 6|traffic class|             flow label             |
 *  +------+-------------+------+-------------+---------------+
 *  |       payload length      | next header |   hop limit   |
 *  +---------------------------+-------------+---------------+
 *  |              source address, 16 bytes                   |
 *  +---------------------------------------------------------+
 *  |            destination address, 16 bytes                |
 *  +---------------------------------------------------------+
 * </pre>
 */
public final class Ipv6
{
    /** Length without extension headers, in bytes. */
    public static final int HEADER_LENGTH = 40;

    private static final int VERSION_OFFSET = 0;
    private static final int PAYLOAD_LENGTH_OFFSET = 4;
    private static final int NEXT_HEADER_OFFSET = 6;
    private static final int HOP_LIMIT_OFFSET = 7;
    private static final int SOURCE_OFFSET = 8;
    private static final int DESTINATION_OFFSET = 24;

    private Ipv6()
    {
    }

    /** @param ip first byte. @return version, 6 for IPv6. */
    public static int version(final long ip)
    {
        return getUnsignedByte(ip + VERSION_OFFSET) >>> 4;
    }

    /** @param ip first byte. @return bytes after the header; 0 for a jumbogram. */
    public static int payloadLength(final long ip)
    {
        return getNetworkShort(ip + PAYLOAD_LENGTH_OFFSET);
    }

    /** @param ip first byte. @return type of the header that follows. */
    public static int nextHeader(final long ip)
    {
        return getUnsignedByte(ip + NEXT_HEADER_OFFSET);
    }

    /** @param ip first byte. @return hop limit. */
    public static int hopLimit(final long ip)
    {
        return getUnsignedByte(ip + HOP_LIMIT_OFFSET);
    }

    /** @param ip first byte of a header whose hop limit is at least 1; takes one from it. */
    public static void decrementHopLimit(final long ip)
    {
        putByte(ip + HOP_LIMIT_OFFSET, hopLimit(ip) - 1);
    }

    /** @param ip first byte. @return first half of the source address. */
    public static long sourceHigh(final long ip)
    {
        return getNetworkLong(ip + SOURCE_OFFSET);
    }

    /** @param ip first byte. @return second half of the source address. */
    public static long sourceLow(final long ip)
    {
        return getNetworkLong(ip + SOURCE_OFFSET + 8);
    }

    /** @param ip first byte. @param high first half. @param low second half of the source address. */
    public static void source(final long ip, final long high, final long low)
    {
        putNetworkLong(ip + SOURCE_OFFSET, high);
        putNetworkLong(ip + SOURCE_OFFSET + 8, low);
    }

    /** @param ip first byte. @return first half of the destination address. */
    public static long destinationHigh(final long ip)
    {
        return getNetworkLong(ip + DESTINATION_OFFSET);
    }

    /** @param ip first byte. @return second half of the destination address. */
    public static long destinationLow(final long ip)
    {
        return getNetworkLong(ip + DESTINATION_OFFSET + 8);
    }

    /** @param ip first byte. @param high first half. @param low second half of the destination address. */
    public static void destination(final long ip, final long high, final long low)
    {
        putNetworkLong(ip + DESTINATION_OFFSET, high);
        putNetworkLong(ip + DESTINATION_OFFSET + 8, low);
    }

    /**
     * Writes everything but the addresses; used for packets of our own.
     *
     * @param ip            first byte.
     * @param payloadLength bytes after the header.
     * @param nextHeader    see {@link IpProtocol}.
     */
    public static void write(final long ip, final int payloadLength, final int nextHeader)
    {
        putNetworkInt(ip + VERSION_OFFSET, 0x6000_0000);
        putNetworkShort(ip + PAYLOAD_LENGTH_OFFSET, payloadLength);
        putByte(ip + NEXT_HEADER_OFFSET, nextHeader);
        putByte(ip + HOP_LIMIT_OFFSET, 64);
    }
}
