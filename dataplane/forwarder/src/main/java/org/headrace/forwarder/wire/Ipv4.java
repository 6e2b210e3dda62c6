package org.headrace.forwarder.wire;

import static org.headrace.forwarder.linux.NativeMemory.getNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.getNetworkShort;
import static org.headrace.forwarder.linux.NativeMemory.getUnsignedByte;
import static org.headrace.forwarder.linux.NativeMemory.putByte;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkShort;

/**
 * IPv4 header (RFC 791 section 3.1).
 *
 * <pre>
 *  0      4      8             16    19                     31
 *  +------+------+-------------+-----------------------------+
 *  |vers 4| IHL  |     TOS     |        total length         |
 *  +------+------+-------------+-----+-----------------------+
 *  |       identification      |flags|    fragment offset    |
 *  +-------------+-------------+-----+-----------------------+
 *  |     TTL     |   protocol  |       header checksum       |
 *  +-------------+-------------+-----------------------------+
 *  |                     source address                      |
 *  +---------------------------------------------------------+
 *  |                   destination address                   |
 *  +---------------------------------------------------------+
 * </pre>
 */
public final class Ipv4
{
    /** Length without options, in bytes. */
    public static final int MIN_HEADER_LENGTH = 20;
    /** "Don't fragment" of {@link #fragment(long)}. */
    public static final int DONT_FRAGMENT = 0x4000;
    /** "More fragments" of {@link #fragment(long)}. */
    public static final int MORE_FRAGMENTS = 0x2000;
    /** Fragment offset of {@link #fragment(long)}, in units of eight bytes. */
    public static final int FRAGMENT_OFFSET_MASK = 0x1FFF;

    /** TTL is the high byte of its 16-bit word: whatever the word is, it falls by 0x0100 (RFC 1141 section 3). */
    private static final long TTL_DIFFERENCE = InternetChecksum.difference16(0x0100, 0);

    private static final int VERSION_OFFSET = 0;
    private static final int TOS_OFFSET = 1;
    private static final int TOTAL_LENGTH_OFFSET = 2;
    private static final int IDENTIFICATION_OFFSET = 4;
    private static final int FRAGMENT_OFFSET = 6;
    private static final int TTL_OFFSET = 8;
    private static final int PROTOCOL_OFFSET = 9;
    private static final int CHECKSUM_OFFSET = 10;
    private static final int SOURCE_OFFSET = 12;
    private static final int DESTINATION_OFFSET = 16;

    private Ipv4()
    {
    }

    /** @param ip first byte. @return version, 4 for IPv4. */
    public static int version(final long ip)
    {
        return getUnsignedByte(ip + VERSION_OFFSET) >>> 4;
    }

    /** @param ip first byte. @return header length in bytes, 0 to 60, as it stands there. */
    public static int headerLength(final long ip)
    {
        return (getUnsignedByte(ip + VERSION_OFFSET) & 0xF) << 2;
    }

    /** @param ip first byte. @return total length in bytes, header included. */
    public static int totalLength(final long ip)
    {
        return getNetworkShort(ip + TOTAL_LENGTH_OFFSET);
    }

    /** @param ip first byte. @return flags and fragment offset. */
    public static int fragment(final long ip)
    {
        return getNetworkShort(ip + FRAGMENT_OFFSET);
    }

    /** @param ip first byte. @return identification, the same for all fragments of a packet. */
    public static int identification(final long ip)
    {
        return getNetworkShort(ip + IDENTIFICATION_OFFSET);
    }

    /** @param ip first byte. @return time to live. */
    public static int ttl(final long ip)
    {
        return getUnsignedByte(ip + TTL_OFFSET);
    }

    /** @param ip first byte. @return see {@link IpProtocol}. */
    public static int protocol(final long ip)
    {
        return getUnsignedByte(ip + PROTOCOL_OFFSET);
    }

    /** @param ip first byte. @return header checksum. */
    public static int checksum(final long ip)
    {
        return getNetworkShort(ip + CHECKSUM_OFFSET);
    }

    /** @param ip first byte. @param checksum header checksum. */
    public static void checksum(final long ip, final int checksum)
    {
        putNetworkShort(ip + CHECKSUM_OFFSET, checksum);
    }

    /** @param ip first byte. @return source address, first byte highest. */
    public static int source(final long ip)
    {
        return getNetworkInt(ip + SOURCE_OFFSET);
    }

    /** @param ip first byte. @param address source address, first byte highest. */
    public static void source(final long ip, final int address)
    {
        putNetworkInt(ip + SOURCE_OFFSET, address);
    }

    /** @param ip first byte. @return destination address, first byte highest. */
    public static int destination(final long ip)
    {
        return getNetworkInt(ip + DESTINATION_OFFSET);
    }

    /** @param ip first byte. @param address destination address, first byte highest. */
    public static void destination(final long ip, final int address)
    {
        putNetworkInt(ip + DESTINATION_OFFSET, address);
    }

    /** @param ip first byte. @param end 0 for the destination, 1 for the source. @return its address. */
    public static int address(final long ip, final int end)
    {
        return getNetworkInt(ip + DESTINATION_OFFSET - (end << 2));
    }

    /** @param ip first byte. @param end 0 for the destination, 1 for the source. @param address first byte highest. */
    public static void address(final long ip, final int end, final int address)
    {
        putNetworkInt(ip + DESTINATION_OFFSET - (end << 2), address);
    }

    /**
     * Takes one from the time to live and mends the header checksum, also for other changes.
     *
     * @param ip         first byte of a header whose TTL is at least 1.
     * @param difference of what else has changed, see {@link InternetChecksum}.
     */
    public static void decrementTtl(final long ip, final long difference)
    {
        putByte(ip + TTL_OFFSET, ttl(ip) - 1);
        checksum(ip, InternetChecksum.apply(checksum(ip), difference + TTL_DIFFERENCE));
    }

    /**
     * Takes one from the time to live and mends the header checksum.
     *
     * @param ip first byte of a header whose TTL is at least 1.
     */
    public static void decrementTtl(final long ip)
    {
        decrementTtl(ip, 0);
    }

    /**
     * Writes a header without options in front of a payload; used for packets of our own.
     *
     * @param ip          first byte.
     * @param totalLength header and payload, in bytes.
     * @param protocol    see {@link IpProtocol}.
     * @param source      address, first byte highest.
     * @param destination address, first byte highest.
     */
    public static void write(
        final long ip, final int totalLength, final int protocol, final int source, final int destination)
    {
        putByte(ip + VERSION_OFFSET, 0x45);
        putByte(ip + TOS_OFFSET, 0);
        putNetworkShort(ip + TOTAL_LENGTH_OFFSET, totalLength);
        putNetworkShort(ip + IDENTIFICATION_OFFSET, 0);
        putNetworkShort(ip + FRAGMENT_OFFSET, DONT_FRAGMENT);
        putByte(ip + TTL_OFFSET, 64);
        putByte(ip + PROTOCOL_OFFSET, protocol);
        checksum(ip, 0);
        source(ip, source);
        destination(ip, destination);
        checksum(ip, InternetChecksum.ofBytes(ip, MIN_HEADER_LENGTH));
    }
}
