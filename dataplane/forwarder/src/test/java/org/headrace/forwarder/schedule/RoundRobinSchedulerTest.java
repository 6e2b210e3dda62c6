package org.headrace.forwarder.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundRobinSchedulerTest extends BackendSchedulerContractTest
{
    @Override
    BackendScheduler scheduler()
    {
        return new RoundRobinScheduler(table, 16);
    }

    @Test
    void shouldTakeEachInTurnWhateverTheWeight()
    {
        final int[] servers = servers(1, 100, 7);
        assertThat(connectMany(scheduler(), servers, 301)).containsExactly(101, 100, 100);
    }
}
