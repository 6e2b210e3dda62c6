package org.headrace.protocol;

import org.agrona.collections.Hashing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address as two big-endian longs; IPv4 is held as {@code ::ffff:a.b.c.d} (RFC 4291 section 2.5.5.2),
 * so that one form serves both families.
 *
 * <p>Equality is written out here, and in what is made of addresses: the first call of a record's own has the JVM build
 * it from method handles, which takes each process of Headrace a twentieth of its start.
 *
 * @param high first eight bytes, big-endian value.
 * @param low  last eight bytes, big-endian value.
 */
public record IpAddress(long high, long low)
{
    /** The absent address, {@code ::}. */
    public static final IpAddress NONE = new IpAddress(0, 0);

    /** Bits of an address in the common form. */
    public static final int MAX_PREFIX = 128;
    /** Bits in front of an IPv4 address in the common form. */
    public static final int IPV4_PREFIX_OFFSET = 96;

    private static final long HASH_FACTOR = 31;
    private static final long IPV4_MAPPED_PREFIX = 0x0000_FFFF_0000_0000L;

    /**
     * @param address IPv4 address, first byte highest: 10.0.0.1 is {@code 0x0A000001}.
     * @return the address in the common form.
     */
    public static IpAddress ofIpv4(final int address)
    {
        return new IpAddress(0, mappedLow(address));
    }

    /**
     * @param address of either family.
     * @return the same address in the common form.
     */
    public static IpAddress of(final InetAddress address)
    {
        final byte[] bytes = address.getAddress();
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == 4 ? ofIpv4(buffer.getInt()) : new IpAddress(buffer.getLong(), buffer.getLong());
    }

    /**
     * @param literal an IPv4 or IPv6 address in text form; host names are refused, no look-up takes place.
     * @return the address.
     * @throws IllegalArgumentException if the text is not an address.
     */
    public static IpAddress parse(final String literal)
    {
        try
        {
            return of(InetAddress.ofLiteral(literal));
        }
        catch (final IllegalArgumentException ex)
        {
            throw new IllegalArgumentException("address=" + literal + " is neither an IPv4 nor an IPv6 address", ex);
        }
    }

    /**
     * @return true if this is an IPv4 address in its mapped form.
     */
    public boolean isIpv4()
    {
        return isIpv4(high, low);
    }

    /**
     * @param high first half of an address.
     * @param low  second half.
     * @return true if it is an IPv4 address in its mapped form.
     */
    public static boolean isIpv4(final long high, final long low)
    {
        return high == 0 && (low & 0xFFFF_FFFF_0000_0000L) == IPV4_MAPPED_PREFIX;
    }

    /** @param ipv4 address, first byte highest. @return second half of its mapped form; the first is 0. */
    public static long mappedLow(final int ipv4)
    {
        return IPV4_MAPPED_PREFIX | (ipv4 & 0xFFFF_FFFFL);
    }

    /**
     * @return the IPv4 address, first byte highest; meaningful only if {@link #isIpv4()}.
     */
    public int ipv4()
    {
        return (int)low;
    }

    /**
     * @param prefixLength bits to keep, 1 to {@link #MAX_PREFIX}, of the common form.
     * @return the address with all other bits 0.
     */
    public IpAddress masked(final int prefixLength)
    {
        return new IpAddress(high & maskHigh(prefixLength), low & maskLow(prefixLength));
    }

    /** @param prefixLength 1 to {@link #MAX_PREFIX}. @return mask of the first half. */
    public static long maskHigh(final int prefixLength)
    {
        return prefixLength >= Long.SIZE ? -1L : -1L << (Long.SIZE - prefixLength);
    }

    /** @param prefixLength 1 to {@link #MAX_PREFIX}. @return mask of the second half. */
    public static long maskLow(final int prefixLength)
    {
        return prefixLength <= Long.SIZE ? 0L : -1L << (MAX_PREFIX - prefixLength);
    }

    /**
     * @return true for {@code ::}, which stands for "none".
     */
    public boolean isNone()
    {
        return high == 0 && low == 0;
    }

    /**
     * @return the address as the JDK has it, for sockets of the control plane.
     */
    public InetAddress toInetAddress()
    {
        final byte[] bytes = isIpv4() ? ByteBuffer.allocate(4).putInt(ipv4()).array() :
            ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try
        {
            return InetAddress.getByAddress(bytes);
        }
        catch (final UnknownHostException ex)
        {
            throw new IllegalStateException("a length of 4 or 16 is always accepted", ex);
        }
    }

    /** As a record's own, which takes long until it is compiled: a large reload compares a million addresses. */
    @Override
    public boolean equals(final Object other)
    {
        return other instanceof final IpAddress address && address.high == high && address.low == low;
    }

    @Override
    public int hashCode()
    {
        return Hashing.hash(high * HASH_FACTOR + low);
    }

    /**
     * @return text form: dotted for IPv4, RFC 5952 for IPv6.
     */
    @Override
    public String toString()
    {
        final int ipv4 = ipv4();
        return isIpv4() ?
            (ipv4 >>> 24) + "." + (ipv4 >>> 16 & 0xFF) + "." + (ipv4 >>> 8 & 0xFF) + "." + (ipv4 & 0xFF) :
            Ipv6Text.compress(high, low);
    }
}
