package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

import java.util.Comparator;

/**
 * All addresses of a prefix, first and last included. IPv4 lies in ::ffff:0:0/96 as in {@link IpAddress}.
 *
 * @param first lowest address.
 * @param last  highest address.
 */
record AddressRange(IpAddress first, IpAddress last)
{
    /** Order of the bytes on the wire. */
    static final Comparator<IpAddress> ORDER = (left, right) ->
    {
        final int high = Long.compareUnsigned(left.high(), right.high());
        return high != 0 ? high : Long.compareUnsigned(left.low(), right.low());
    };

    private static final int IPV4_PREFIX_OFFSET_BITS = 96;
    private static final AddressRange ALL_IPV4 = ofPrefix(IpAddress.ofIpv4(0), 0);
    private static final AddressRange ALL_IPV6 = ofPrefix(IpAddress.NONE, 0);

    /**
     * @param address    any address of the prefix.
     * @param lengthBits 0 to 32 for IPv4, 0 to 128 for IPv6; more counts as the highest.
     */
    static AddressRange ofPrefix(final IpAddress address, final int lengthBits)
    {
        final int bits = Math.min(lengthBits + (address.isIpv4() ? IPV4_PREFIX_OFFSET_BITS : 0), 128);
        final long highMask = mask(Math.min(bits, 64));
        final long lowMask = mask(Math.max(bits - 64, 0));
        return new AddressRange(
            new IpAddress(address.high() & highMask, address.low() & lowMask),
            new IpAddress(address.high() | ~highMask, address.low() | ~lowMask));
    }

    boolean contains(final IpAddress address)
    {
        return ORDER.compare(first, address) <= 0 && ORDER.compare(address, last) <= 0;
    }

    /** A default route: all of IPv4, or all of IPv6. */
    boolean isWholeFamily()
    {
        return equals(ALL_IPV4) || equals(ALL_IPV6);
    }

    private static long mask(final int bits)
    {
        // A shift by 64 would be one by 0.
        return bits == 0 ? 0 : -1L << (64 - bits);
    }
}
