package org.headrace.perf.generate.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

class ConstantScheduleTest
{
    private static final long YEAR_NS = TimeUnit.DAYS.toNanos(365);

    @Test
    void shouldKeepTheDistance()
    {
        final ConstantSchedule schedule = new ConstantSchedule(1_000, 3);
        assertThat(schedule.dueNs(0)).isEqualTo(1_000);
        assertThat(schedule.dueNs(1)).isEqualTo(333_334_333L);
        assertThat(schedule.dueNs(3)).isEqualTo(1_000_001_000L);
        assertThat(schedule.dueNs(3_000_001)).isEqualTo(1_000_000_333_334_333L);
    }

    @Test
    void shouldNotOverflowInAYearAtTheHighestRate()
    {
        final ConstantSchedule schedule = new ConstantSchedule(-5, 999_999_937);
        final long count = schedule.countIn(YEAR_NS);
        assertThat(schedule.dueNs(count - 1)).isBetween(YEAR_NS - 10, YEAR_NS - 5);
        assertThat(schedule.dueNs(count)).isGreaterThanOrEqualTo(YEAR_NS - 5);
    }

    @Test
    void shouldCountWhatIsDueBeforeTheEnd()
    {
        assertThat(new ConstantSchedule(0, 10).countIn(TimeUnit.SECONDS.toNanos(2))).isEqualTo(20);
        assertThat(new ConstantSchedule(0, 3).countIn(1)).isEqualTo(1);
        assertThat(new ConstantSchedule(0, 3).countIn(333_333_333)).isEqualTo(1);
        assertThat(new ConstantSchedule(0, 3).countIn(333_333_334)).isEqualTo(2);
        assertThat(new ConstantSchedule(0, 3).countIn(0)).isZero();
    }

    @Test
    void shouldRefuseRatesThatAreNone()
    {
        assertThatThrownBy(() -> new ConstantSchedule(0, 0)).hasMessage("rate=0 (expected: 1..1000000000)");
        assertThatThrownBy(() -> new ConstantSchedule(0, 1_000_000_001L)).isInstanceOf(IllegalArgumentException.class);
    }
}
