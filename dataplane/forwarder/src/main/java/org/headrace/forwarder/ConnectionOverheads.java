package org.headrace.forwarder;

import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.schedule.ConnectionCounts;

/**
 * How busy servers are, summed over all workers, for the worker that asks.
 *
 * <p>What it has itself is exact. What the others have is as of their last plain store that has become visible: that is
 * their store buffer, well below a microsecond, or, if a worker's packets lie in a batch still, up to a cycle of that
 * worker. So a choice is made as if up to k of the latest connections of others were not there yet, k being what they
 * open in that time; then no server ever gets more than k + 1 connections ahead of another of the same weight by it.
 */
final class ConnectionOverheads implements ConnectionCounts
{
    private static final int ACTIVE_SHIFT = 8;

    private final WorkerCounters[] workers;

    /** @param workers all of them. */
    ConnectionOverheads(final WorkerCounters... workers)
    {
        this.workers = workers.clone();
    }

    @Override
    public long overhead(final int server)
    {
        long active = 0;
        long inactive = 0;
        for (final WorkerCounters worker : workers)
        {
            active += worker.activeConnectionsOpaque(server);
            inactive += worker.inactiveConnectionsOpaque(server);
        }
        return (active << ACTIVE_SHIFT) + inactive;
    }
}
