package org.headrace.perf.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Map;

class DisturbanceTest
{
    private static final long SELF = 100;

    @Test
    void shouldKnowItsOwnFamilyAndTheKernelsThreads()
    {
        final Map<Long, Disturbance.Usage> processes = Map.of(
            1L, new Disturbance.Usage(0, 0), 2L, new Disturbance.Usage(0, 0), 20L, new Disturbance.Usage(2, 0),
            SELF, new Disturbance.Usage(1, 0), 101L, new Disturbance.Usage(SELF, 0),
            102L, new Disturbance.Usage(101, 0), 200L, new Disturbance.Usage(1, 0));

        assertThat(Disturbance.isOurs(102, SELF, processes)).isTrue();
        assertThat(Disturbance.isOurs(SELF, SELF, processes)).isTrue();
        assertThat(Disturbance.isOurs(20, SELF, processes)).isTrue();
        assertThat(Disturbance.isOurs(200, SELF, processes)).isFalse();
        assertThat(Disturbance.isOurs(1, SELF, processes)).isFalse();
    }

    @Test
    void shouldReadProcessesWithAnyName()
    {
        assertThat(Disturbance.parse("7 (a) b (c)) S 3 7 7 0 -1 4194560 1 2 3 4 11 22 0 0 20 0 1 0 5"))
            .isEqualTo(new Disturbance.Usage(3, 33));
    }
}
