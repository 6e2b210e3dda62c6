package org.headrace.protocol.counters;

import org.agrona.BitUtil;

/**
 * Layout of the histogram of a worker's cycle times: {@value #BUCKETS} counters of eight bytes. A bucket covers one
 * nanosecond up to 31 ns, and from there a sixteenth of its power of two: none is wider than a sixteenth of what it
 * counts. The last one takes everything from 33.3 seconds on.
 *
 * <pre>
 *   value, bits      1 x x x x y y y ... y      e = place of the highest bit
 *                      |-----| sub bucket
 *   bucket           value                      below 16 ns
 *                    (e - 3) x 16 + x x x x     else
 * </pre>
 */
public final class CycleTimesDescriptor
{
    /** How many buckets there are. */
    public static final int BUCKETS = 512;

    static final int LENGTH = BUCKETS * BitUtil.SIZE_OF_LONG;

    private static final int SUB_BUCKET_BITS = 4;
    private static final int SUB_BUCKETS = 1 << SUB_BUCKET_BITS;

    private CycleTimesDescriptor()
    {
    }

    /**
     * @param cycleNs a time in nanoseconds; less than 0 counts as 0.
     * @return the bucket that counts it, 0 to {@link #BUCKETS} - 1.
     */
    public static int bucket(final long cycleNs)
    {
        if (cycleNs < SUB_BUCKETS)
        {
            return (int)Math.max(0, cycleNs);
        }
        final int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(cycleNs) - SUB_BUCKET_BITS;
        final int bucket = (shift << SUB_BUCKET_BITS) + (int)(cycleNs >>> shift);
        return Math.min(bucket, BUCKETS - 1);
    }

    /**
     * @param bucket 0 to {@link #BUCKETS} - 1.
     * @return the longest time that it counts, in nanoseconds.
     */
    public static long longestNs(final int bucket)
    {
        if (bucket < SUB_BUCKETS)
        {
            return bucket;
        }
        final int shift = (bucket >>> SUB_BUCKET_BITS) - 1;
        return ((bucket & SUB_BUCKETS - 1) + SUB_BUCKETS + 1L << shift) - 1;
    }
}
