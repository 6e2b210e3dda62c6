package org.headrace.forwarder.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.SplittableRandom;

class WeightedRoundRobinSchedulerTest extends BackendSchedulerContractTest
{
    @Override
    BackendScheduler scheduler()
    {
        return new WeightedRoundRobinScheduler(table, 16);
    }

    @Test
    void shouldInterleaveAsIpvsDoes()
    {
        // The example of the LVS documentation: weights 4, 3, 2 give A A B A B C A B C.
        final int[] servers = servers(4, 3, 2);
        final BackendScheduler scheduler = scheduler();
        final StringBuilder order = new StringBuilder();
        for (int i = 0; i < 9; i++)
        {
            final int server = connect(scheduler, servers);
            order.append((char)('A' + servers[0] - server));
        }
        assertThat(order).hasToString("AABABCABC");
    }

    @Test
    void shouldGiveEachItsExactShareOverAWholeTurn()
    {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("WeightedRoundRobinSchedulerTest seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++)
        {
            final int[] weights = random.ints(1 + random.nextInt(10), 0, 200).toArray();
            final int total = Arrays.stream(weights).sum();
            if (total > 0)
            {
                assertThat(connectMany(scheduler(), servers(weights), total)).as("seed=%d", seed).isEqualTo(weights);
            }
        }
    }

    @Test
    void shouldTakeUpANewWeightAtOnce()
    {
        final int[] servers = servers(1, 1);
        final BackendScheduler scheduler = scheduler();
        connectMany(scheduler, servers, 7);
        table.weight(servers[0], 3);
        assertThat(connectMany(scheduler, servers, 400)).containsExactly(300, 100);
    }

    @Test
    void shouldWorkWithTheGreatestWeights()
    {
        final int[] servers = servers(65_535, 1);
        assertThat(connectMany(scheduler(), servers, 65_536)).containsExactly(65_535, 1);
    }
}
