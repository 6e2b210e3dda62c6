package org.headrace.forwarder;

import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.protocol.counters.WorkerCounter;

/**
 * Measures a worker's cycles: how many, how often each length, the longest, and how many were slow. Time spent waiting
 * for packets does not count.
 */
final class DutyCycleTracker
{
    private static final long SLOW_NS = 1_000_000;

    private final WorkerCounters counters;
    private long maxNs;
    private boolean wasIdle = true;
    private long lastNs;

    DutyCycleTracker(final WorkerCounters counters)
    {
        this.counters = counters;
    }

    /** @param nowNs start of a cycle. */
    void onCycle(final long nowNs)
    {
        counters.add(WorkerCounter.CYCLES, 1);
        if (!wasIdle)
        {
            final long cycleNs = nowNs - lastNs;
            counters.onCycleTime(cycleNs);
            if (cycleNs > maxNs)
            {
                maxNs = cycleNs;
                counters.set(WorkerCounter.MAX_CYCLE_NS, cycleNs);
            }
            if (cycleNs > SLOW_NS)
            {
                counters.add(WorkerCounter.SLOW_CYCLES, 1);
            }
        }
        lastNs = nowNs;
    }

    /** @param workCount of the cycle that ends; after a cycle without work the worker may wait. */
    void onWork(final int workCount)
    {
        wasIdle = workCount == 0;
    }
}
