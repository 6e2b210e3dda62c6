package org.headrace.perf.generate.latency;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** A server in memory and a clock by hand: what is recorded is known beforehand. */
class FixedRateRunTest
{
    private static final long RATE = 1_000;
    private static final long STEP_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long SERVICE_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long STALL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final FakeExchange exchange = new FakeExchange();
    private long nowNs;

    @Test
    void shouldRecordTheServersTimeWhenNothingStalls()
    {
        final FixedRateRun run = run(0, 10 * SECOND_NS);
        assertThat(run.count()).isEqualTo(10_000);
        assertThat(run.answered()).isEqualTo(10_000);
        assertThat(run.latency().getTotalCount()).isEqualTo(10_000);
        assertThat(run.latency().getMaxValue()).isLessThan(2 * SERVICE_NS);
    }

    @Test
    void shouldCountAStallOfTheServerForEveryRequestThatFellIntoIt()
    {
        exchange.busyFromNs = 5 * SECOND_NS;
        exchange.busyUntilNs = 5 * SECOND_NS + STALL_NS;
        assertStallIsSeen(run(0, 10 * SECOND_NS));
    }

    @Test
    void shouldCountAStallOfTheGeneratorItself()
    {
        final FixedRateRun run = newRun(0, 10 * SECOND_NS);
        boolean hasStalled = false;
        while (run.doWork() >= 0)
        {
            nowNs += STEP_NS;
            if (nowNs > 5 * SECOND_NS && !hasStalled)
            {
                hasStalled = true;
                nowNs += STALL_NS;
            }
        }
        assertStallIsSeen(run);
        assertThat(run.lateness().getMaxValue()).isBetween(STALL_NS * 9 / 10, STALL_NS * 11 / 10);
    }

    /** At 1000 per second a stall of 100 ms holds up 100 requests, by 100, 99, 98 ... milliseconds. */
    private static void assertStallIsSeen(final FixedRateRun run)
    {
        final Histogram latency = run.latency();
        assertThat(run.answered()).isEqualTo(run.count()).isEqualTo(10_000);
        assertThat(latency.getMaxValue()).isBetween(STALL_NS * 9 / 10, STALL_NS * 11 / 10);
        final long held = latency.getCountBetweenValues(TimeUnit.MILLISECONDS.toNanos(1), Long.MAX_VALUE / 2);
        assertThat(held).isBetween(95L, 105L);
        assertThat(latency.getValueAtPercentile(99.5)).isBetween(STALL_NS * 4 / 10, STALL_NS * 6 / 10);
        assertThat(latency.getValueAtPercentile(50)).isLessThan(2 * SERVICE_NS);
    }

    @Test
    void shouldCountWhatIsNeverAnsweredWithTheTimeThatItWaited()
    {
        exchange.silentFromNs = 9 * SECOND_NS;
        final FixedRateRun run = run(0, 10 * SECOND_NS);
        assertThat(run.answered()).isBetween(8_998L, 9_000L);
        assertThat(run.answered() + run.unanswered()).isEqualTo(10_000);
        assertThat(run.latency().getTotalCount()).isEqualTo(10_000);
        // The last second's requests waited for between one and two seconds, the timeout included.
        assertThat(run.latency().getValueAtPercentile(99.9)).isGreaterThan(SECOND_NS);
    }

    @Test
    void shouldCountWhatCouldNeverBeSent()
    {
        exchange.busyFromNs = 0;
        exchange.busyUntilNs = Long.MAX_VALUE;
        final FixedRateRun run = run(0, SECOND_NS);
        assertThat(run.answered()).isZero();
        assertThat(run.unanswered()).isEqualTo(RATE);
        assertThat(run.latency().getMinValue()).isGreaterThanOrEqualTo(SECOND_NS * 9 / 10);
    }

    @Test
    void shouldNotRecordTheWarmUp()
    {
        exchange.busyFromNs = SECOND_NS / 2;
        exchange.busyUntilNs = SECOND_NS / 2 + STALL_NS;
        final FixedRateRun run = run(SECOND_NS, SECOND_NS);
        assertThat(run.count()).isEqualTo(2 * RATE);
        assertThat(run.latency().getTotalCount()).isEqualTo(RATE);
        assertThat(run.latency().getMaxValue()).isLessThan(2 * SERVICE_NS);
    }

    @Test
    void shouldCountFailuresByTheirReason()
    {
        exchange.failure = "closed";
        final FixedRateRun run = run(0, SECOND_NS);
        assertThat(run.failed()).isEqualTo(RATE);
        assertThat(run.failures()).containsEntry("closed", RATE).hasSize(1);
    }

    private FixedRateRun newRun(final long warmUpNs, final long durationNs)
    {
        return new FixedRateRun(
            () -> nowNs, exchange, new ConstantSchedule(0, RATE), warmUpNs, durationNs, SECOND_NS);
    }

    private FixedRateRun run(final long warmUpNs, final long durationNs)
    {
        final FixedRateRun run = newRun(warmUpNs, durationNs);
        while (run.doWork() >= 0)
        {
            nowNs += STEP_NS;
        }
        return run;
    }

    /** Answers everything after {@link #SERVICE_NS}; takes nothing while busy, answers nothing while silent. */
    private final class FakeExchange implements Exchange
    {
        private final Deque<long[]> requests = new ArrayDeque<>();
        private long busyFromNs = Long.MAX_VALUE;
        private long busyUntilNs = Long.MAX_VALUE;
        private long silentFromNs = Long.MAX_VALUE;
        private String failure;

        @Override
        public boolean request(final long dueNs)
        {
            if (nowNs >= busyFromNs && nowNs < busyUntilNs)
            {
                return false;
            }
            requests.add(new long[]{dueNs, nowNs});
            return true;
        }

        @Override
        public int poll(final long now, final ResponseListener listener)
        {
            int count = 0;
            while (now < silentFromNs && !requests.isEmpty() && now - requests.peek()[1] >= SERVICE_NS)
            {
                final long dueNs = requests.remove()[0];
                if (failure == null)
                {
                    listener.onResponse(dueNs);
                }
                else
                {
                    listener.onFailure(dueNs, failure);
                }
                count++;
            }
            return count;
        }

        @Override
        public void abandon(final ResponseListener listener)
        {
            requests.forEach(request -> listener.onUnanswered(request[0]));
            requests.clear();
        }

        @Override
        public void close()
        {
            requests.clear();
        }
    }
}
