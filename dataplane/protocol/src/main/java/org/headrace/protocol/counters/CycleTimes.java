package org.headrace.protocol.counters;

/**
 * How often a worker's cycles took how long: a copy of its histogram. The difference of two copies is what happened in
 * between. What is read from it is never too low, and at most a sixteenth too high.
 */
public final class CycleTimes
{
    private final long[] counts;

    CycleTimes(final long[] counts)
    {
        this.counts = counts;
    }

    /** @return no cycles at all. */
    public static CycleTimes none()
    {
        return new CycleTimes(new long[CycleTimesDescriptor.BUCKETS]);
    }

    /** @param earlier copy of the same worker's. @return what came after it. */
    public CycleTimes since(final CycleTimes earlier)
    {
        final long[] difference = counts.clone();
        for (int i = 0; i < difference.length; i++)
        {
            difference[i] -= earlier.counts[i];
        }
        return new CycleTimes(difference);
    }

    /** @param other worker's. @return those of both. */
    public CycleTimes plus(final CycleTimes other)
    {
        final long[] sum = counts.clone();
        for (int i = 0; i < sum.length; i++)
        {
            sum[i] += other.counts[i];
        }
        return new CycleTimes(sum);
    }

    /** @return cycles with work in them. */
    public long count()
    {
        long sum = 0;
        for (final long count : counts)
        {
            sum += count;
        }
        return sum;
    }

    /**
     * @param fraction of the cycles, 0 to 1.
     * @return nanoseconds that this fraction of the cycles did not exceed; 0 without cycles.
     */
    public long percentileNs(final double fraction)
    {
        final long wanted = Math.max(1, (long)Math.ceil(count() * fraction));
        long seen = 0;
        for (int bucket = 0; bucket < counts.length; bucket++)
        {
            seen += counts[bucket];
            if (seen >= wanted)
            {
                return CycleTimesDescriptor.longestNs(bucket);
            }
        }
        return 0;
    }

    /** @return nanoseconds of the longest cycle; 0 without cycles. */
    public long maxNs()
    {
        return percentileNs(1);
    }
}
