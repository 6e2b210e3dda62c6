package org.headrace.agent.health;

import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Says which target is to be probed when. Single threaded, no clock of its own.
 *
 * <p>Each target has a slot that repeats with its interval. The slots of successive targets lie a golden section of the
 * interval apart, which spreads any number of them evenly, and a jitter of 5 % keeps several balancers from falling
 * into step. The first probes do not wait for the slot, because a server takes no connections before its first
 * success; they are only kept from being a burst.
 */
final class ProbeSchedule
{
    /** First probes of targets added together, per millisecond. */
    static final int FIRST_PROBES_PER_MS = 4;

    private static final double GOLDEN_SECTION = 0.618_033_988_749_894_9;
    private static final long JITTER_DIVISOR = 20;

    private final PriorityQueue<ProbedTarget> idle = new PriorityQueue<>();
    private final SplittableRandom random;
    private long addedCount;
    private long firstProbesEndMs = Long.MIN_VALUE;
    private int firstProbesOfMs;

    ProbeSchedule(final SplittableRandom random)
    {
        this.random = random;
    }

    /** A new target: probed soon, then in its slot. */
    void add(final ProbedTarget probed, final long nowMs)
    {
        final long intervalMs = probed.target.intervalMs();
        if (firstProbesEndMs < nowMs)
        {
            firstProbesEndMs = nowMs;
            firstProbesOfMs = 0;
        }
        probed.dueMs = firstProbesEndMs;
        if (++firstProbesOfMs == FIRST_PROBES_PER_MS)
        {
            firstProbesEndMs++;
            firstProbesOfMs = 0;
        }
        final double phase = ++addedCount * GOLDEN_SECTION % 1.0;
        // At least half an interval behind the first probe, so that it is not followed at once by the second.
        probed.slotMs = nowMs + (long)(phase * intervalMs);
        while (probed.slotMs < probed.dueMs + intervalMs / 2)
        {
            probed.slotMs += intervalMs;
        }
        idle.add(probed);
    }

    /**
     * Hands out the target whose time has come first; it has to come back through {@link #onProbed}.
     *
     * @return null if none is due.
     */
    ProbedTarget takeDue(final long nowMs)
    {
        while (!idle.isEmpty() && idle.peek().dueMs <= nowMs)
        {
            final ProbedTarget probed = idle.remove();
            if (!probed.isRemoved)
            {
                return probed;
            }
        }
        return null;
    }

    /** The probe of a target has ended: its next slot follows, at once if the probe took longer than the interval. */
    void onProbed(final ProbedTarget probed, final long nowMs)
    {
        final long intervalMs = probed.target.intervalMs();
        final long jitterMs = intervalMs / JITTER_DIVISOR;
        probed.dueMs = Math.max(nowMs, probed.slotMs + random.nextLong(-jitterMs, jitterMs + 1));
        probed.slotMs += intervalMs;
        if (probed.slotMs <= probed.dueMs)
        {
            // Slots that were missed are not made up for.
            probed.slotMs += ((probed.dueMs - probed.slotMs) / intervalMs + 1) * intervalMs;
        }
        idle.add(probed);
    }

    /** When {@link #takeDue} has something; {@link Long#MAX_VALUE} for never. */
    long nextDueMs()
    {
        return idle.isEmpty() ? Long.MAX_VALUE : idle.peek().dueMs;
    }
}
