package org.headrace.agent.health;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.EpochClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The duty cycle of health checks: start the probes that are due, judge those that have ended. All methods are called
 * by one thread, which is that of the probes, too.
 */
final class ProbeAgent implements Agent
{
    /** Probes started per cycle. */
    static final int START_LIMIT = 256;

    private static final Logger LOGGER = LoggerFactory.getLogger(ProbeAgent.class);

    private final Map<HealthTarget, ProbedTarget> targets = new HashMap<>();
    private final ProbeSchedule schedule = new ProbeSchedule(new SplittableRandom());
    private final Probe probe;
    private final HealthListener listener;
    private final EpochClock clock;
    private final int inFlightLimit;
    private int inFlight;
    private boolean isInconclusiveLogged;

    /**
     * @param clock         in milliseconds; must not jump.
     * @param inFlightLimit most probes under way at a time, each with a file descriptor.
     */
    ProbeAgent(final Probe probe, final HealthListener listener, final EpochClock clock, final int inFlightLimit)
    {
        this.probe = probe;
        this.listener = listener;
        this.clock = clock;
        this.inFlightLimit = inFlightLimit;
    }

    @Override
    public String roleName()
    {
        return "headrace-health";
    }

    @Override
    public int doWork()
    {
        final long nowMs = clock.time();
        int started = 0;
        while (started < START_LIMIT && inFlight < inFlightLimit)
        {
            final ProbedTarget probed = schedule.takeDue(nowMs);
            if (probed == null)
            {
                break;
            }
            inFlight++;
            started++;
            start(probed);
        }
        return started;
    }

    void targets(final Set<HealthTarget> wanted)
    {
        targets.values().removeIf(probed ->
        {
            probed.isRemoved = !wanted.contains(probed.target);
            return probed.isRemoved;
        });
        final long nowMs = clock.time();
        for (final HealthTarget target : wanted)
        {
            if (!targets.containsKey(target))
            {
                final ProbedTarget probed = new ProbedTarget(target);
                targets.put(target, probed);
                schedule.add(probed, nowMs);
            }
        }
    }

    boolean hasTargets()
    {
        return !targets.isEmpty();
    }

    int inFlight()
    {
        return inFlight;
    }

    /** Until the next probe is due, 0 if one is overdue. */
    long delayMs()
    {
        return inFlight >= inFlightLimit ? Long.MAX_VALUE : Math.max(0, schedule.nextDueMs() - clock.time());
    }

    private void start(final ProbedTarget probed)
    {
        try
        {
            probe.start(probed.target, result -> onResult(probed, result));
        }
        catch (final RuntimeException ex)
        {
            onResult(probed, new ProbeResult(ProbeResult.Outcome.INCONCLUSIVE, ex.toString()));
        }
    }

    private void onResult(final ProbedTarget probed, final ProbeResult result)
    {
        inFlight--;
        if (probed.isRemoved)
        {
            return;
        }
        schedule.onProbed(probed, clock.time());
        if (result.outcome() == ProbeResult.Outcome.INCONCLUSIVE)
        {
            onInconclusive(probed.target, result.reason());
            return;
        }
        isInconclusiveLogged = false;
        if (probed.state.onResult(result.outcome() == ProbeResult.Outcome.SUCCESS))
        {
            report(probed, result.reason());
        }
    }

    private void report(final ProbedTarget probed, final String reason)
    {
        final boolean isUp = probed.state.isUp();
        LOGGER.debug("event=server_health server={} up={} reason=\"{}\"", probed.target.server(), isUp, reason);
        try
        {
            listener.onHealth(probed.target, isUp, reason);
        }
        catch (final RuntimeException ex)
        {
            LOGGER.error("event=health_listener_failed server={}", probed.target.server(), ex);
        }
    }

    private void onInconclusive(final HealthTarget target, final String reason)
    {
        // One line until a probe gets through again: thousands of servers would all say the same.
        if (!isInconclusiveLogged)
        {
            isInconclusiveLogged = true;
            LOGGER.warn("event=probe_not_possible server={} in_flight={} reason=\"{}\"", target.server(), inFlight,
                reason);
        }
    }
}
