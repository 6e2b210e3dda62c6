package org.headrace.protocol;

/**
 * All addresses that begin with the same bits. IPv4 lies in {@code ::ffff:0:0/96}, as in {@link IpAddress}; but a
 * prefix of IPv6 has no IPv4 address in it.
 *
 * @param address    first address of the prefix.
 * @param lengthBits 0 to 128, of the common form: 96 more than is written for IPv4.
 */
public record IpPrefix(IpAddress address, int lengthBits)
{
    /** All addresses of both families. */
    public static final IpPrefix ANY = new IpPrefix(IpAddress.NONE, 0);
    /** Longest prefix: one address. */
    public static final int MAX_LENGTH_BITS = 128;

    private static final int IPV4_OFFSET_BITS = 96;

    public IpPrefix
    {
        if (lengthBits < 0 || lengthBits > MAX_LENGTH_BITS)
        {
            throw new IllegalArgumentException("prefix length=" + lengthBits + " is outside 0.." + MAX_LENGTH_BITS);
        }
    }

    /** @param address of either family. @return the prefix of this address alone. */
    public static IpPrefix of(final IpAddress address)
    {
        return new IpPrefix(address, MAX_LENGTH_BITS);
    }

    /**
     * @param address    any address of the prefix.
     * @param lengthBits 0 to 128, of the common form.
     * @return the prefix.
     */
    public static IpPrefix of(final IpAddress address, final int lengthBits)
    {
        return new IpPrefix(new IpAddress(
            address.high() & highMask(lengthBits), address.low() & lowMask(lengthBits)), lengthBits);
    }

    /**
     * @param text {@code 10.1.0.0/16}, {@code fd00::/8}, or an address.
     * @return the prefix; bits behind its length are cleared.
     * @throws IllegalArgumentException if the text is neither.
     */
    public static IpPrefix parse(final String text)
    {
        final int slash = text.indexOf('/');
        if (slash < 0)
        {
            return of(IpAddress.parse(text));
        }
        final IpAddress address = IpAddress.parse(text.substring(0, slash));
        final int offsetBits = address.isIpv4() ? IPV4_OFFSET_BITS : 0;
        final int maxBits = MAX_LENGTH_BITS - offsetBits;
        final String length = text.substring(slash + 1);
        if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > maxBits)
        {
            throw new IllegalArgumentException("prefix=" + text + " has length=" + length + " (allowed 0.." + maxBits +
                ")");
        }
        final int lengthBits = Integer.parseInt(length) + offsetBits;
        return of(address, lengthBits);
    }

    /**
     * @param high first half of an address.
     * @param low  second half.
     * @return true if the address is in the prefix.
     */
    public boolean contains(final long high, final long low)
    {
        if (lengthBits == 0)
        {
            return true;
        }
        return IpAddress.isIpv4(high, low) == address.isIpv4() &&
            ((high ^ address.high()) & highMask(lengthBits)) == 0 &&
            ((low ^ address.low()) & lowMask(lengthBits)) == 0;
    }

    /** @return {@code 10.1.0.0/16} or {@code fd00::/8}. */
    @Override
    public String toString()
    {
        return address + "/" + (lengthBits - (address.isIpv4() ? IPV4_OFFSET_BITS : 0));
    }

    private static long highMask(final int bits)
    {
        return mask(Math.min(bits, Long.SIZE));
    }

    private static long lowMask(final int bits)
    {
        return mask(Math.max(bits - Long.SIZE, 0));
    }

    private static long mask(final int bits)
    {
        // A shift by 64 would be one by 0.
        return bits == 0 ? 0 : -1L << (Long.SIZE - bits);
    }
}
