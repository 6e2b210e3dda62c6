package org.headrace.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

class ProbeScheduleTest
{
    private static final long START_MS = 1_000_000;
    private static final int INTERVAL_MS = 5_000;
    private static final int TARGETS = 10_000;

    private final ProbeSchedule schedule = new ProbeSchedule(new SplittableRandom(42));

    @Test
    void shouldSpreadFirstProbesAndThenFillTheIntervalEvenly()
    {
        for (int i = 0; i < TARGETS; i++)
        {
            schedule.add(target(i, INTERVAL_MS), START_MS);
        }
        final int[] perMs = run(START_MS, 6 * INTERVAL_MS);
        assertThat(IntStream.of(perMs).limit(TARGETS / ProbeSchedule.FIRST_PROBES_PER_MS).max().orElseThrow())
            .isLessThanOrEqualTo(3 * ProbeSchedule.FIRST_PROBES_PER_MS);
        // 200 probes are due per 100 ms once every target has found its slot.
        for (int ms = 2 * INTERVAL_MS; ms < 6 * INTERVAL_MS; ms += 100)
        {
            assertThat(IntStream.of(perMs).skip(ms).limit(100).sum()).as("probes from ms=%d", ms).isBetween(120, 280);
        }
    }

    @Test
    void shouldProbeOncePerInterval()
    {
        schedule.add(target(1, INTERVAL_MS), START_MS);
        assertThat(IntStream.of(run(START_MS, 100 * INTERVAL_MS)).sum()).isBetween(99, 101);
    }

    @Test
    void shouldNotMakeUpForSlotsThatASlowProbeHasMissed()
    {
        final ProbedTarget probed = target(1, 100);
        schedule.add(probed, START_MS);
        assertThat(schedule.takeDue(START_MS)).isSameAs(probed);
        schedule.onProbed(probed, START_MS + 1_050);
        assertThat(schedule.takeDue(START_MS + 1_050)).isSameAs(probed);
        schedule.onProbed(probed, START_MS + 1_051);
        assertThat(schedule.takeDue(START_MS + 1_051)).isNull();
        assertThat(schedule.nextDueMs()).isBetween(START_MS + 1_052, START_MS + 1_165);
    }

    @Test
    void shouldForgetTargetsThatWereRemoved()
    {
        final ProbedTarget probed = target(1, INTERVAL_MS);
        schedule.add(probed, START_MS);
        probed.isRemoved = true;
        assertThat(schedule.takeDue(Long.MAX_VALUE)).isNull();
        assertThat(schedule.nextDueMs()).isEqualTo(Long.MAX_VALUE);
    }

    /** Number of probes that start in each millisecond, with probes that take no time. */
    private int[] run(final long fromMs, final int durationMs)
    {
        final int[] perMs = new int[durationMs];
        for (int ms = 0; ms < durationMs; ms++)
        {
            final List<ProbedTarget> taken = new ArrayList<>();
            for (ProbedTarget probed = schedule.takeDue(fromMs + ms); probed != null;)
            {
                taken.add(probed);
                probed = schedule.takeDue(fromMs + ms);
            }
            final long nowMs = fromMs + ms;
            taken.forEach(probed -> schedule.onProbed(probed, nowMs));
            perMs[ms] = taken.size();
        }
        return perMs;
    }

    private static ProbedTarget target(final int index, final long intervalMs)
    {
        return new ProbedTarget(
            new HealthTarget(new Endpoint(IpAddress.ofIpv4(0x0A00_0000 + index), 80), intervalMs, 1_000, 3, 3));
    }
}
