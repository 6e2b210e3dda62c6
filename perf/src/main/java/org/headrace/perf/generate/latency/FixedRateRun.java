package org.headrace.perf.generate.latency;

import org.HdrHistogram.Histogram;
import org.agrona.concurrent.NanoClock;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Asks at a fixed rate and records how long each answer took <em>from the moment its request was due</em>: a request
 * that could not be sent in time, because the one before was not answered or because this process did not have its CPU,
 * has waited all the same. So a stall counts for every request that fell into it, and not only for one (coordinated
 * omission). What is never answered counts with the time that it had waited when it was given up.
 *
 * <p>One thread calls {@link #doWork}; others may ask for {@link #progress}.
 */
public final class FixedRateRun implements ResponseListener
{
    /** Requests that may be sent in one call of {@link #doWork}, so that answers are taken in between. */
    private static final int BURST = 64;
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(10);
    private static final int DIGITS = 3;
    private static final int KEPT_REASONS = 20;

    private final NanoClock clock;
    private final Exchange exchange;
    private final ConstantSchedule schedule;
    private final long first;
    private final long count;
    private final long timeoutNs;
    private final long measureFromNs;
    private final Histogram latency = new Histogram(HIGHEST_NS, DIGITS);
    private final Histogram lateness = new Histogram(HIGHEST_NS, DIGITS);
    private final Map<String, Long> failures = new LinkedHashMap<>();
    private long issued;
    private long answered;
    private long failed;
    private long unanswered;
    private boolean isEnded;
    private volatile Progress progress = new Progress(0, 0, 0, 0);

    /**
     * How far it is.
     *
     * @param issued     requests sent, warm-up included.
     * @param answered   of them.
     * @param failed     of them, or never answered.
     * @param overdueNs  by how much the next request is late.
     */
    public record Progress(long issued, long answered, long failed, long overdueNs)
    {
    }

    /**
     * @param clock      of the schedule.
     * @param exchange   to ask with.
     * @param schedule   of the requests.
     * @param warmUpNs   from the schedule's start: requests due in it are sent and not recorded.
     * @param durationNs after that: requests due in it are recorded.
     * @param timeoutNs  how long the last requests may take.
     */
    public FixedRateRun(
        final NanoClock clock,
        final Exchange exchange,
        final ConstantSchedule schedule,
        final long warmUpNs,
        final long durationNs,
        final long timeoutNs)
    {
        this.clock = clock;
        this.exchange = exchange;
        this.schedule = schedule;
        this.timeoutNs = timeoutNs;
        first = schedule.countIn(warmUpNs);
        count = schedule.countIn(warmUpNs + durationNs);
        measureFromNs = schedule.dueNs(first);
    }

    /** @return requests sent and answers taken; below 0 when all is done. */
    public int doWork()
    {
        if (isEnded)
        {
            return -1;
        }
        final long nowNs = clock.nanoTime();
        int work = 0;
        while (issued < count && work < BURST && schedule.dueNs(issued) - nowNs <= 0)
        {
            final long dueNs = schedule.dueNs(issued);
            if (!exchange.request(dueNs))
            {
                break;
            }
            if (issued >= first)
            {
                lateness.recordValue(Math.min(nowNs - dueNs, HIGHEST_NS));
            }
            issued++;
            work++;
        }
        work += exchange.poll(nowNs, this);
        if (isOver(nowNs))
        {
            end(nowNs);
        }
        return work;
    }

    /** @return nanoseconds until something is due, 0 or less if it is now; answers may come at any time. */
    public long idleNs()
    {
        return issued < count ? schedule.dueNs(issued) - clock.nanoTime() : timeoutNs;
    }

    /** Publishes what {@link #progress} tells. */
    public void publish()
    {
        progress = new Progress(issued, answered, failed + unanswered,
            issued < count ? Math.max(0, -idleNs()) : 0);
    }

    /** @return how far it was when {@link #publish} was last called; any thread may ask. */
    public Progress progress()
    {
        return progress;
    }

    private boolean isOver(final long nowNs)
    {
        final long lastDueNs = schedule.dueNs(count - 1);
        return issued == count && answered + failed + unanswered == count || nowNs - lastDueNs > timeoutNs;
    }

    private void end(final long nowNs)
    {
        exchange.abandon(this);
        // What was never sent, because every connection was busy, has waited as well.
        while (issued < count)
        {
            onUnanswered(schedule.dueNs(issued++));
        }
        isEnded = true;
    }

    @Override
    public void onResponse(final long dueNs)
    {
        answered++;
        record(dueNs);
    }

    @Override
    public void onFailure(final long dueNs, final String reason)
    {
        failed++;
        if (failures.size() < KEPT_REASONS || failures.containsKey(reason))
        {
            failures.merge(reason, 1L, Long::sum);
        }
        record(dueNs);
    }

    @Override
    public void onUnanswered(final long dueNs)
    {
        unanswered++;
        record(dueNs);
    }

    private void record(final long dueNs)
    {
        if (dueNs - measureFromNs >= 0)
        {
            latency.recordValue(Math.min(Math.max(clock.nanoTime() - dueNs, 0), HIGHEST_NS));
        }
    }

    /** @return times from due to answered of the requests after the warm-up, in nanoseconds. */
    public Histogram latency()
    {
        return latency;
    }

    /** @return times from due to sent: what of the latency is this process's own. */
    public Histogram lateness()
    {
        return lateness;
    }

    /** @return requests of the whole run, warm-up included. */
    public long count()
    {
        return count;
    }

    /** @return requests answered, warm-up included. */
    public long answered()
    {
        return answered;
    }

    /** @return requests that failed, warm-up included. */
    public long failed()
    {
        return failed;
    }

    /** @return requests given up, warm-up included. */
    public long unanswered()
    {
        return unanswered;
    }

    /** @return how often requests failed for each reason. */
    public Map<String, Long> failures()
    {
        return failures;
    }
}
