package org.headrace.conntrack;

/**
 * Layout of one bucket of the tuple index: one cache line, ten slots; and where a hash leads.
 *
 * <pre>
 *    0 tags, 10 x 2                   0: slot is empty
 *   20 flows, 10 x 4                  index of the connection times two, plus direction
 *   60 passed 4                       tuples that wanted this bucket, found it full and went on
 *
 *   hash, 64 bits
 *    63                             32 31                       17 16          1   0
 *   +---------------------------------+---------------------------+-------------+---+
 *   |         which pair of buckets   |  31-0: step to next pair  |     tag     |a/b|
 *   +---------------------------------+---------------------------+-------------+---+
 * </pre>
 *
 * Two neighbouring buckets are a pair: 128 bytes, which the hardware fetches together. A tuple looks into its own
 * bucket, then into the other one of the pair, then into the same two of the pair that lies one step further, and so
 * on.
 */
final class BucketDescriptor
{
    static final int SLOTS = 10;
    static final int LENGTH = 64;
    static final int PAIR_LENGTH = 2 * LENGTH;
    static final int TAGS_OFFSET = 0;
    static final int FLOWS_OFFSET = 20;
    static final int PASSED_OFFSET = 60;

    /** No tuple is stored further than this from home: with honest hashes a full table needs fewer than half. */
    static final int MAX_PROBES = 64;

    /** Every lane of a long of four tags. */
    static final long LANES = 0x0001_0001_0001_0001L;
    private static final long LAST_TWO_LANES = 0x8000_8000L;
    private static final long LOW_BITS = 0x7FFF_7FFF_7FFF_7FFFL;

    private BucketDescriptor()
    {
    }

    static int tag(final long hash)
    {
        final int tag = (int)(hash >>> 1) & 0xFFFF;
        return tag == 0 ? 1 : tag;
    }

    static long homeOffset(final long hash, final int pairCount)
    {
        return ((hash >>> 32) * pairCount >>> 32) * PAIR_LENGTH + ((hash & 1L) << 6);
    }

    /** The distance of two pairs on the way of this hash: never zero, and no divisor of a prime pair count. */
    static long stepBytes(final long hash, final int pairCount)
    {
        return (1 + ((hash & 0xFFFF_FFFFL) * (pairCount - 1) >>> 32)) * PAIR_LENGTH;
    }

    /** Where a hash looks after the bucket at this offset, which was its probe of this number, counted from 0. */
    static long nextOffset(final long offset, final int probe, final long hash, final int pairCount)
    {
        final long otherOfPair = offset ^ LENGTH;
        if ((probe & 1) == 0)
        {
            return otherOfPair;
        }
        final long next = otherOfPair + stepBytes(hash, pairCount);
        final long end = (long)pairCount * PAIR_LENGTH;
        return next >= end ? next - end : next;
    }

    /** Slots of a bucket whose tag equals the tag in each lane of the pattern: a set bit each, see {@link #slot}. */
    static long matches(final long bucket, final long pattern)
    {
        final long first = OffHeap.getLong(bucket + TAGS_OFFSET) ^ pattern;
        final long second = OffHeap.getLong(bucket + TAGS_OFFSET + 8) ^ pattern;
        final long third = OffHeap.getInt(bucket + TAGS_OFFSET + 16) ^ pattern;
        // exact for every lane, unlike the shorter test that subtracts: a borrow would report slots that do not match
        final long firstZero = ~((first & LOW_BITS) + LOW_BITS | first | LOW_BITS);
        final long secondZero = ~((second & LOW_BITS) + LOW_BITS | second | LOW_BITS);
        final long thirdZero = ~((third & LOW_BITS) + LOW_BITS | third) & LAST_TWO_LANES;
        return firstZero >>> 15 | secondZero >>> 14 | thirdZero >>> 13;
    }

    /** The slot of the lowest set bit of {@link #matches}, 0 to 9; native order is taken to be little-endian. */
    static int slot(final long matches)
    {
        final int bit = Long.numberOfTrailingZeros(matches);
        return (bit >>> 4) + ((bit & 3) << 2);
    }
}
