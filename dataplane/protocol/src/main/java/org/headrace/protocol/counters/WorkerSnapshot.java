package org.headrace.protocol.counters;

/** Counters of one worker at one instant, between two batches. */
public final class WorkerSnapshot
{
    private final long[] values;

    WorkerSnapshot(final long[] values)
    {
        this.values = values;
    }

    /** @param counter which. @return its value. */
    public long get(final WorkerCounter counter)
    {
        return values[counter.ordinal()];
    }

    /** @param reason which. @return packets dropped for it. */
    public long get(final DropReason reason)
    {
        return values[WorkerCounter.MAX_COUNTERS + reason.ordinal()];
    }

    /** @return packets dropped for any reason. */
    public long dropped()
    {
        long sum = 0;
        for (int i = 0; i < DropReason.count(); i++)
        {
            sum += get(DropReason.get(i));
        }
        return sum;
    }
}
