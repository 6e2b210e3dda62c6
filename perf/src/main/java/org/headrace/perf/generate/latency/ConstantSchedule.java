package org.headrace.perf.generate.latency;

/**
 * When each of a row of requests is due: one after the other at the same distance, whatever became of those before.
 *
 * @param startNs   when the first is due.
 * @param perSecond how many are due in a second, 1 to 1e9.
 */
public record ConstantSchedule(long startNs, long perSecond)
{
    private static final long SECOND_NS = 1_000_000_000L;

    /** Checks the rate. */
    public ConstantSchedule
    {
        if (perSecond < 1 || perSecond > SECOND_NS)
        {
            throw new IllegalArgumentException("rate=" + perSecond + " (expected: 1.." + SECOND_NS + ")");
        }
    }

    /** @param number of a request, from 0. @return when it is due. */
    public long dueNs(final long number)
    {
        // In two steps, so that nothing overflows in a hundred years, and nothing is rounded twice.
        return startNs + number / perSecond * SECOND_NS + number % perSecond * SECOND_NS / perSecond;
    }

    /** @param durationNs from the start. @return how many requests are due before its end. */
    public long countIn(final long durationNs)
    {
        final long seconds = durationNs / SECOND_NS;
        final long rest = durationNs % SECOND_NS;
        return seconds * perSecond + (rest * perSecond + SECOND_NS - 1) / SECOND_NS;
    }
}
