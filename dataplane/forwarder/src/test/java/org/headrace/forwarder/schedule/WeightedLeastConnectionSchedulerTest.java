package org.headrace.forwarder.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.util.SplittableRandom;

class WeightedLeastConnectionSchedulerTest extends BackendSchedulerContractTest
{
    @Override
    BackendScheduler scheduler()
    {
        return new WeightedLeastConnectionScheduler(table, counts);
    }

    @Test
    void shouldFillInProportionToTheWeights()
    {
        assertThat(connectMany(scheduler(), servers(3, 1), 400)).containsExactly(300, 100);
    }

    @Test
    void shouldLetTheEarlierOneWinATie()
    {
        final int[] servers = servers(2, 4);
        active[servers[0]] = 1;
        active[servers[1]] = 2;
        assertThat(scheduler().select(SERVICE, servers)).isEqualTo(servers[0]);
    }

    @Test
    void shouldAgreeWithTheFormulaInExactArithmetic()
    {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("WeightedLeastConnectionSchedulerTest seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 2_000; round++)
        {
            final int[] weights = random.ints(1 + random.nextInt(8), 0, 65_536).toArray();
            final int[] servers = servers(weights);
            for (final int server : servers)
            {
                active[server] = random.nextLong(50_000_000);
                inactive[server] = random.nextLong(50_000_000);
            }
            assertThat(scheduler().select(SERVICE, servers)).as("seed=%d round=%d", seed, round)
                .isEqualTo(expected(servers, weights));
        }
    }

    private int expected(final int[] servers, final int[] weights)
    {
        int least = -1;
        for (int i = 0; i < servers.length; i++)
        {
            if (weights[i] > 0 && (least < 0 || product(servers[least], weights[i])
                .compareTo(product(servers[i], weights[least])) > 0))
            {
                least = i;
            }
        }
        return least < 0 ? BackendScheduler.NONE : servers[least];
    }

    private BigInteger product(final int server, final int weight)
    {
        return BigInteger.valueOf(counts.overhead(server)).multiply(BigInteger.valueOf(weight));
    }
}
