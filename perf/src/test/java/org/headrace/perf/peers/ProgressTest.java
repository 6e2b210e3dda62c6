package org.headrace.perf.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest
{
    @Test
    void shouldTrustThePlanAtFirst()
    {
        assertThat(new Progress(125).line(3, "text")).isEqualTo("[0:03, 2:05 left] text");
    }

    @Test
    void shouldLearnHowWrongThePlanWas()
    {
        final Progress progress = new Progress(100);
        progress.done(25);

        assertThat(progress.line(50, "text")).isEqualTo("[0:50, 2:30 left] text");
    }

    @Test
    void shouldNotGoBelowNothing()
    {
        final Progress progress = new Progress(10);
        progress.done(12);

        assertThat(progress.line(12, "text")).isEqualTo("[0:12, 0:00 left] text");
    }
}
