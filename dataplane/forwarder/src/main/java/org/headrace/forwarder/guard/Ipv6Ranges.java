package org.headrace.forwarder.guard;

/**
 * A set of IPv6 addresses as the sorted bounds of its ranges, as in {@link Ipv4Ranges}. The bits that all bounds begin
 * with are left out of the index.
 *
 * <p>Immutable; any thread. IPv6 addresses come in clusters, so that a slot of the index holds more bounds than it does
 * for IPv4; a look-up is a binary search among them.
 */
final class Ipv6Ranges
{
    private static final int MIN_INDEX_BITS = 1;
    private static final int MAX_INDEX_BITS = 20;

    private final long[] highs;
    private final long[] lows;
    private final int[] index;
    private final int shift;
    /** First halves of the first and the last address that the index covers. */
    private final long first;
    private final long last;

    /**
     * @param highs first halves of the bounds: first address of a range, first address behind it, and so on, ascending
     *              (unsigned); the last range reaches the end of all addresses if its end is left out.
     * @param lows  second halves.
     */
    Ipv6Ranges(final long[] highs, final long[] lows)
    {
        this.highs = highs;
        this.lows = lows;
        final int length = highs.length;
        final long differing = length == 0 ? 0 : highs[0] ^ highs[length - 1];
        final int common = Math.min(Long.numberOfLeadingZeros(differing), Long.SIZE - MAX_INDEX_BITS);
        final int bits = Integer.SIZE - Integer.numberOfLeadingZeros(length);
        final int indexBits = Math.max(MIN_INDEX_BITS, Math.min(MAX_INDEX_BITS, bits));
        final long mask = -1L >>> common;
        first = length == 0 ? 0 : highs[0] & ~mask;
        last = first | mask;
        shift = Long.SIZE - common - indexBits;
        index = new int[(1 << indexBits) + 1];
        int slot = 0;
        for (int i = 0; i < length; i++)
        {
            while (slot <= highs[i] - first >>> shift)
            {
                index[slot++] = i;
            }
        }
        while (slot < index.length)
        {
            index[slot++] = length;
        }
    }

    /**
     * @param high first half of the address.
     * @param low  second half.
     * @return true if it is in the set.
     */
    boolean contains(final long high, final long low)
    {
        if (Long.compareUnsigned(high, first) < 0)
        {
            return false;
        }
        if (Long.compareUnsigned(high, last) > 0)
        {
            return (highs.length & 1) != 0;
        }
        final int slot = (int)(high - first >>> shift);
        int from = index[slot];
        int to = index[slot + 1];
        while (from < to)
        {
            final int middle = from + to >>> 1;
            if (isAtOrBelow(middle, high, low))
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return (from & 1) != 0;
    }

    private boolean isAtOrBelow(final int bound, final long high, final long low)
    {
        final long boundHigh = highs[bound];
        return boundHigh == high ? Long.compareUnsigned(lows[bound], low) <= 0 :
            Long.compareUnsigned(boundHigh, high) < 0;
    }

    /** Returns bytes of the arrays. */
    long lengthBytes()
    {
        return (long)Long.BYTES * (highs.length + lows.length) + (long)Integer.BYTES * index.length;
    }
}
