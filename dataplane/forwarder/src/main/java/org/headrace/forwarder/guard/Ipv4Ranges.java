package org.headrace.forwarder.guard;

/**
 * A set of IPv4 addresses as the sorted bounds of its ranges: an address is in the set if the number of bounds at or
 * below it is odd. A direct index by the first bits in which the bounds differ says where to look; what is left is a
 * search among the few bounds of one slot (the idea of DXR: Zec, Rizzo, Mikuc, <i>DXR: Towards a Billion Routing
 * Lookups per Second in Software</i>, CCR 2012).
 *
 * <p>Immutable; any thread. With bounds that are spread evenly a look-up touches two cache lines, whatever their
 * number; with all bounds in one slot of the index it is a binary search.
 */
final class Ipv4Ranges
{
    private static final int MIN_INDEX_BITS = 1;
    private static final int MAX_INDEX_BITS = 20;

    /** Bounds with their highest bit flipped, so that they sort as signed numbers. */
    private final int[] bounds;
    /** Number of bounds below the first address of each slot; one more for the end. */
    private final int[] index;
    private final int shift;
    /** First and last address that the index covers: those that begin as all bounds do. */
    private final int first;
    private final int last;

    /**
     * @param bounds first address of a range, first address behind it, and so on, ascending (unsigned); the last range
     *               reaches the end of all addresses if its end is left out.
     */
    Ipv4Ranges(final int[] bounds)
    {
        this.bounds = new int[bounds.length];
        final int differing = bounds.length == 0 ? 0 : bounds[0] ^ bounds[bounds.length - 1];
        final int common = Math.min(Integer.numberOfLeadingZeros(differing), Integer.SIZE - MAX_INDEX_BITS);
        // About one bound in a slot.
        final int bits = Integer.SIZE - Integer.numberOfLeadingZeros(bounds.length);
        final int indexBits = Math.max(MIN_INDEX_BITS, Math.min(MAX_INDEX_BITS, bits));
        final int mask = -1 >>> common;
        first = bounds.length == 0 ? 0 : bounds[0] & ~mask;
        last = first | mask;
        shift = Integer.SIZE - common - indexBits;
        index = new int[(1 << indexBits) + 1];
        int slot = 0;
        for (int i = 0; i < bounds.length; i++)
        {
            this.bounds[i] = bounds[i] ^ Integer.MIN_VALUE;
            while (slot <= bounds[i] - first >>> shift)
            {
                index[slot++] = i;
            }
        }
        while (slot < index.length)
        {
            index[slot++] = bounds.length;
        }
    }

    /**
     * @param address IPv4 address, first byte highest.
     * @return true if it is in the set.
     */
    boolean contains(final int address)
    {
        if (Integer.compareUnsigned(address, first) < 0)
        {
            return false;
        }
        if (Integer.compareUnsigned(address, last) > 0)
        {
            return (bounds.length & 1) != 0;
        }
        final int slot = address - first >>> shift;
        final int key = address ^ Integer.MIN_VALUE;
        int from = index[slot];
        int to = index[slot + 1];
        while (from < to)
        {
            final int middle = from + to >>> 1;
            if (bounds[middle] <= key)
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

    /** Returns bytes of the arrays. */
    long lengthBytes()
    {
        return (long)Integer.BYTES * (bounds.length + index.length);
    }
}
