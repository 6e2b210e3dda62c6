package org.headrace.forwarder.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeastConnectionSchedulerTest extends BackendSchedulerContractTest
{
    @Override
    BackendScheduler scheduler()
    {
        return new LeastConnectionScheduler(table, counts);
    }

    @Test
    void shouldLetTheEarlierOneWinATie()
    {
        final int[] servers = servers(1, 100);
        assertThat(scheduler().select(SERVICE, servers)).isEqualTo(servers[0]);
    }

    @Test
    void shouldCountAnActiveConnectionAs256InactiveOnes()
    {
        final int[] servers = servers(1, 1);
        active[servers[0]] = 1;
        inactive[servers[1]] = 255;
        assertThat(scheduler().select(SERVICE, servers)).isEqualTo(servers[1]);
        inactive[servers[1]] = 257;
        assertThat(scheduler().select(SERVICE, servers)).isEqualTo(servers[0]);
    }

    @Test
    void shouldIgnoreWeightsAboveZero()
    {
        assertThat(connectMany(scheduler(), servers(1, 9), 10)).containsExactly(5, 5);
    }
}
