package org.headrace.forwarder.guard;

import org.agrona.collections.IntArrayList;
import org.agrona.collections.LongArrayList;
import org.headrace.protocol.IpAddress;

/**
 * Makes an {@link AccessList} of prefixes that come in ascending order, as the agent sends them. Whatever numbers come,
 * it throws nothing and holds no more memory than was added.
 */
public final class AccessListBuilder
{
    private static final long MAX_IPV4 = 0xFFFF_FFFFL;

    private final boolean isAllow;
    private final IntArrayList ipv4 = new IntArrayList();
    private final LongArrayList ipv6High = new LongArrayList();
    private final LongArrayList ipv6Low = new LongArrayList();
    private int size;
    /** Last address of the last IPv4 prefix; every first one is above it. */
    private long lastIpv4 = -1;
    /** Last address of the last IPv6 prefix. */
    private long lastHigh;
    private long lastLow;

    /**
     * @param isAllow true if only the clients of the list get in, false if all but those do.
     */
    public AccessListBuilder(final boolean isAllow)
    {
        this.isAllow = isAllow;
    }

    /**
     * @param high       first half of the prefix's first address; IPv4 in its mapped form.
     * @param low        second half.
     * @param lengthBits 1 to 128; at least 96 for IPv4.
     * @return what is wrong with it, or null if it was added.
     */
    public String add(final long high, final long low, final int lengthBits)
    {
        final boolean isIpv4 = IpAddress.isIpv4(high, low);
        final int minBits = isIpv4 ? IpAddress.IPV4_PREFIX_OFFSET : 1;
        if (lengthBits < minBits || lengthBits > IpAddress.MAX_PREFIX)
        {
            return "length=" + lengthBits + " is outside " + minBits + ".." + IpAddress.MAX_PREFIX;
        }
        final long behindHigh = ~IpAddress.maskHigh(lengthBits);
        final long behindLow = ~IpAddress.maskLow(lengthBits);
        if ((high & behindHigh | low & behindLow) != 0)
        {
            return "bits behind length=" + lengthBits + " are set";
        }
        if (isIpv4 ? (low & 0xFFFF_FFFFL) <= lastIpv4 : !ipv6High.isEmpty() && !isAboveLastIpv6(high, low))
        {
            return "it is not above the one of its family before it";
        }
        size++;
        if (isIpv4)
        {
            addIpv4(low & 0xFFFF_FFFFL, (low | behindLow) & 0xFFFF_FFFFL);
        }
        else
        {
            addIpv6(high, low, high | behindHigh, low | behindLow);
        }
        return null;
    }

    /** @return prefixes that were added. */
    public int size()
    {
        return size;
    }

    /** @return the list; the builder is not to be used any more. */
    public AccessList build()
    {
        return new AccessList(isAllow, size, new Ipv4Ranges(ipv4.toIntArray()),
            new Ipv6Ranges(ipv6High.toLongArray(), ipv6Low.toLongArray()));
    }

    private boolean isAboveLastIpv6(final long high, final long low)
    {
        return high == lastHigh ? Long.compareUnsigned(low, lastLow) > 0 : Long.compareUnsigned(high, lastHigh) > 0;
    }

    /** A range that begins where the last one ends goes on with it. */
    private void addIpv4(final long first, final long last)
    {
        if (!ipv4.isEmpty() && ipv4.getInt(ipv4.size() - 1) == (int)first)
        {
            ipv4.removeAt(ipv4.size() - 1);
        }
        else
        {
            ipv4.addInt((int)first);
        }
        if (last != MAX_IPV4)
        {
            ipv4.addInt((int)last + 1);
        }
        lastIpv4 = last;
    }

    private void addIpv6(final long firstHigh, final long firstLow, final long newLastHigh, final long newLastLow)
    {
        final int end = ipv6High.size() - 1;
        if (end >= 0 && ipv6High.getLong(end) == firstHigh && ipv6Low.getLong(end) == firstLow)
        {
            ipv6High.removeAt(end);
            ipv6Low.removeAt(end);
        }
        else
        {
            ipv6High.addLong(firstHigh);
            ipv6Low.addLong(firstLow);
        }
        if ((newLastHigh & newLastLow) != -1)
        {
            ipv6High.addLong(newLastLow == -1 ? newLastHigh + 1 : newLastHigh);
            ipv6Low.addLong(newLastLow + 1);
        }
        lastHigh = newLastHigh;
        lastLow = newLastLow;
    }
}
