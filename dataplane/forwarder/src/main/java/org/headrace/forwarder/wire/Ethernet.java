package org.headrace.forwarder.wire;

import static org.headrace.forwarder.linux.NativeMemory.getNetworkLong;
import static org.headrace.forwarder.linux.NativeMemory.getNetworkShort;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkLong;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkShort;

/**
 * Ethernet II header (IEEE 802.3 clause 3.2).
 *
 * <pre>
 *  0                   6                   12        14
 *  +-------------------+-------------------+---------+
 *  |  destination MAC  |    source MAC     |EtherType|
 *  +-------------------+-------------------+---------+
 * </pre>
 *
 * A MAC address is the low 48 bits of a long, first byte highest.
 */
public final class Ethernet
{
    /** Length in bytes. */
    public static final int HEADER_LENGTH = 14;
    /** EtherType of IPv4. */
    public static final int TYPE_IPV4 = 0x0800;
    /** EtherType of IPv6. */
    public static final int TYPE_IPV6 = 0x86DD;

    private static final int DESTINATION_OFFSET = 0;
    private static final int SOURCE_OFFSET = 6;
    private static final int TYPE_OFFSET = 12;

    private Ethernet()
    {
    }

    /** @param frame first byte. @return EtherType. */
    public static int type(final long frame)
    {
        return getNetworkShort(frame + TYPE_OFFSET);
    }

    /** @param frame first byte. @param type EtherType. */
    public static void type(final long frame, final int type)
    {
        putNetworkShort(frame + TYPE_OFFSET, type);
    }

    /** @param frame first byte. @return destination MAC. */
    public static long destination(final long frame)
    {
        return mac(frame + DESTINATION_OFFSET);
    }

    /** @param frame first byte. @param mac destination MAC. */
    public static void destination(final long frame, final long mac)
    {
        mac(frame + DESTINATION_OFFSET, mac);
    }

    /** @param frame first byte. @return source MAC. */
    public static long source(final long frame)
    {
        return mac(frame + SOURCE_OFFSET);
    }

    /** @param frame first byte. @param mac source MAC. */
    public static void source(final long frame, final long mac)
    {
        mac(frame + SOURCE_OFFSET, mac);
    }

    /**
     * Writes both addresses; two stores.
     *
     * @param frame       first byte.
     * @param destination MAC.
     * @param source      MAC.
     */
    public static void addresses(final long frame, final long destination, final long source)
    {
        putNetworkLong(frame + DESTINATION_OFFSET, destination << 16 | source >>> 32 & 0xFFFF);
        putNetworkInt(frame + SOURCE_OFFSET + 2, (int)source);
    }

    /** Reads two bytes beyond the MAC, which are there: the header goes on. */
    private static long mac(final long address)
    {
        return getNetworkLong(address) >>> 16;
    }

    private static void mac(final long address, final long mac)
    {
        putNetworkShort(address, (int)(mac >>> 32));
        putNetworkInt(address + 2, (int)mac);
    }
}
