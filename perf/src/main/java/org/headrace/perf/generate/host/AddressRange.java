package org.headrace.perf.generate.host;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Consecutive addresses of one family, from a first one on.
 *
 * @param first        of them.
 * @param prefixLength 0 to 32 or 128: how many leading bits they have in common.
 */
public record AddressRange(InetAddress first, int prefixLength)
{
    private static final int MAX_BITS = 24;

    /**
     * @param text {@code 10.16.0.0/16}, {@code fd00:1::/112}, or a single address.
     * @return the range.
     * @throws IllegalArgumentException when it is none, has bits set behind its prefix, or more than 2^24 addresses.
     */
    public static AddressRange parse(final String text)
    {
        final int slash = text.indexOf('/');
        final InetAddress first = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        final int bits = first.getAddress().length * Byte.SIZE;
        final int prefixLength;
        try
        {
            prefixLength = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
        }
        catch (final NumberFormatException e)
        {
            throw new IllegalArgumentException("'" + text + "' is no range (as in 10.16.0.0/16)", e);
        }
        if (prefixLength > bits || prefixLength < bits - MAX_BITS)
        {
            throw new IllegalArgumentException(
                "'" + text + "' has prefix length " + prefixLength + " (expected: " + (bits - MAX_BITS) + ".." + bits +
                ")");
        }
        final AddressRange range = new AddressRange(first, prefixLength);
        if ((range.low() & range.size() - 1) != 0)
        {
            throw new IllegalArgumentException("'" + text + "' has bits set behind its prefix");
        }
        return range;
    }

    /** @return how many addresses, a power of two. */
    public int size()
    {
        return 1 << first.getAddress().length * Byte.SIZE - prefixLength;
    }

    /** @return true for IPv6. */
    public boolean isIpv6()
    {
        return first.getAddress().length > 4;
    }

    /** @param target of packets from here. @throws IllegalArgumentException unless of the same address family. */
    public void checkFamilyOf(final Endpoint target)
    {
        if (target.isIpv6() != isIpv6())
        {
            throw new IllegalArgumentException(
                "target=" + target + " and source=" + this + " are not of the same address family");
        }
    }

    /** @return first eight bytes of an IPv6 address; 0 for IPv4. */
    public long high()
    {
        return high(first);
    }

    /** @return last eight bytes of the first address, or all four of IPv4. */
    public long low()
    {
        return low(first);
    }

    /** @param index 0 to size - 1. @return address. */
    public InetAddress get(final int index)
    {
        final byte[] bytes = first.getAddress();
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        final int offset = bytes.length - Integer.BYTES;
        buffer.putInt(offset, buffer.getInt(offset) | index);
        try
        {
            return InetAddress.getByAddress(bytes);
        }
        catch (final UnknownHostException e)
        {
            throw new IllegalStateException(this + " index=" + index, e);
        }
    }

    /** @param address IPv4 or IPv6. @return first eight bytes of IPv6; 0 for IPv4. */
    public static long high(final InetAddress address)
    {
        final byte[] bytes = address.getAddress();
        return bytes.length == Integer.BYTES ? 0 : ByteBuffer.wrap(bytes).getLong(0);
    }

    /** @param address IPv4 or IPv6. @return last eight bytes of IPv6; all four of IPv4. */
    public static long low(final InetAddress address)
    {
        final byte[] bytes = address.getAddress();
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == Integer.BYTES ? buffer.getInt(0) & 0xFFFF_FFFFL : buffer.getLong(Long.BYTES);
    }

    @Override
    public String toString()
    {
        return first.getHostAddress() + "/" + prefixLength;
    }
}
