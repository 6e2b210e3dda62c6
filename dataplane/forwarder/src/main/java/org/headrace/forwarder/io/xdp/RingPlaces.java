package org.headrace.forwarder.io.xdp;

/**
 * Where the parts of a ring are.
 *
 * @param producer address of the index (u32) that whoever fills the ring raises.
 * @param consumer address of the index (u32) that whoever empties it raises.
 * @param flags    address of the flags (u32).
 * @param entries  address of the first entry.
 * @param size     of the ring in entries, a power of two.
 */
record RingPlaces(long producer, long consumer, long flags, long entries, int size)
{
    RingPlaces
    {
        if (Integer.bitCount(size) != 1)
        {
            throw new IllegalArgumentException("size=" + size + " (expected: a power of two)");
        }
    }
}
