package org.headrace.agent.health;

/** A target with its state and its place in time. Owned by {@link ProbeAgent}. */
final class ProbedTarget implements Comparable<ProbedTarget>
{
    final HealthTarget target;
    final HealthState state;
    /** The evenly spread time of the next probe, before jitter. */
    long slotMs;
    /** When the next probe starts. */
    long dueMs;
    /** Set when the target is no longer wanted, for the queue and for a probe in flight. */
    boolean isRemoved;

    ProbedTarget(final HealthTarget target)
    {
        this.target = target;
        state = new HealthState(target.healthyThreshold(), target.unhealthyThreshold());
    }

    @Override
    public int compareTo(final ProbedTarget other)
    {
        return Long.compare(dueMs, other.dueMs);
    }
}
