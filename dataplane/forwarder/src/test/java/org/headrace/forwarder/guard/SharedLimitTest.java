package org.headrace.forwarder.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Several workers and the conductor, driven by hand in any order; and once by threads. */
class SharedLimitTest
{
    private static final int LIMIT_SLOT = 2;
    private static final int SERVICE = 1;
    private static final int ROUNDS = 300;
    private static final int STEPS = 2_000;

    private final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void shouldNeverHaveMoreConnectionsThanTheLimit()
    {
        for (int round = 0; round < ROUNDS; round++)
        {
            final List<Allowances> workers = workers(1 + random.nextInt(4), Allowances.OPENED);
            final SharedLimit shared = new SharedLimit(workers, LIMIT_SLOT, Allowances.CONNECTIONS);
            final int[] used = new int[workers.size()];
            long limit = random.nextInt(1 << random.nextInt(10));
            settle(workers, shared, limit);
            for (int step = 0; step < STEPS; step++)
            {
                final int worker = random.nextInt(workers.size());
                final int action = random.nextInt(20);
                if (action == 0)
                {
                    shared.divide(limit);
                }
                else if (action == 1)
                {
                    workers.get(worker).poll();
                }
                else if (action < 8)
                {
                    used[worker] -= close(workers.get(worker), used[worker]);
                }
                else
                {
                    used[worker] += open(workers.get(worker));
                    final int sum = IntStream.of(used).sum();
                    assertThat(sum).as("seed=" + seed + " round=" + round).isLessThanOrEqualTo((int)limit);
                }
                if (random.nextInt(STEPS) == 0)
                {
                    // A higher limit is in force at once; a lower one when all have what they have left.
                    limit += random.nextInt(10);
                }
            }
        }
    }

    @Test
    void shouldRefuseOnlyWhileSharesAreOnTheirWay()
    {
        for (int round = 0; round < ROUNDS; round++)
        {
            final List<Allowances> workers = workers(1 + random.nextInt(4), Allowances.OPENED);
            final SharedLimit shared = new SharedLimit(workers, LIMIT_SLOT, Allowances.CONNECTIONS);
            final int limit = 1 + random.nextInt(200);
            settle(workers, shared, limit);
            int used = 0;
            for (int step = 0; step < STEPS && used < limit; step++)
            {
                final Allowances worker = workers.get(random.nextInt(1 + random.nextInt(workers.size())));
                int isOpen = open(worker);
                // Refused: the others' shares are lowered, taken, given on, and taken.
                for (int cycle = 0; cycle < 2 && isOpen == 0; cycle++)
                {
                    shared.divide(limit);
                    workers.forEach(Allowances::poll);
                }
                isOpen += isOpen == 0 ? open(worker) : 0;
                assertThat(isOpen).as("seed=" + seed + " round=" + round + " limit=" + limit + " used=" + used).isOne();
                used++;
            }
            assertThat(used).isEqualTo(limit);
            workers.forEach(worker -> assertThat(open(worker)).isZero());
        }
    }

    @Test
    void shouldComeDownToALowerLimit()
    {
        final List<Allowances> workers = workers(2, Allowances.OPENED);
        final SharedLimit shared = new SharedLimit(workers, LIMIT_SLOT, Allowances.CONNECTIONS);
        settle(workers, shared, 100);
        workers.forEach(worker -> IntStream.range(0, 40).forEach(_ -> assertThat(open(worker)).isOne()));
        settle(workers, shared, 10);
        workers.forEach(worker -> assertThat(open(worker)).isZero());
        workers.forEach(worker -> IntStream.range(0, 36).forEach(_ -> worker.onClosed(SERVICE)));
        settle(workers, shared, 10);
        assertThat(open(workers.getFirst()) + open(workers.getLast())).isEqualTo(2);
        settle(workers, shared, 10);
        workers.forEach(worker -> assertThat(open(worker)).isZero());
        settle(workers, shared, Allowances.UNLIMITED);
        workers.forEach(worker -> assertThat(open(worker)).isOne());
    }

    @Test
    void shouldCountWhatIsThereWhenALimitIsMade()
    {
        final List<Allowances> workers = IntStream.range(0, 2).mapToObj(_ -> Allowances.inMemory(4, 4)).toList();
        IntStream.range(0, 7).forEach(_ -> workers.getFirst().onFound(SERVICE));
        take(workers, 1);
        lift(workers, Allowances.OPENED);
        final SharedLimit shared = new SharedLimit(workers, LIMIT_SLOT, Allowances.CONNECTIONS);
        assertThat(shared.used()).isEqualTo(7);
        workers.forEach(worker -> assertThat(open(worker)).as("no share yet").isZero());
        settle(workers, shared, 10);
        assertThat(shared.used()).isEqualTo(7);
        assertThat(open(workers.getFirst()) + open(workers.getLast())).isEqualTo(2);
        settle(workers, shared, 10);
        assertThat(open(workers.getFirst()) + open(workers.getLast())).isOne();
        settle(workers, shared, 10);
        assertThat(open(workers.getFirst()) + open(workers.getLast())).isZero();
    }

    @Test
    void shouldNeverOpenFasterThanTheRate()
    {
        for (int round = 0; round < ROUNDS; round++)
        {
            final List<Allowances> workers = workers(1 + random.nextInt(3), Allowances.CONNECTIONS);
            final SharedLimit shared = new SharedLimit(workers, LIMIT_SLOT, Allowances.OPENED);
            final int rate = 1 + random.nextInt(1 << random.nextInt(11));
            final TokenBudget tokens = new TokenBudget(0, rate, 0);
            settle(workers, shared, tokens.grow(rate, 0, 0));
            long nowNs = 0;
            long opened = 0;
            for (int step = 0; step < STEPS; step++)
            {
                nowNs += random.nextInt(2_000_000);
                final Allowances worker = workers.get(random.nextInt(workers.size()));
                if (random.nextInt(4) == 0)
                {
                    shared.divide(tokens.grow(rate, shared.used(), nowNs));
                    workers.forEach(Allowances::poll);
                }
                opened += open(worker);
                close(worker, random.nextInt(2));
                assertThat(opened).as("seed=" + seed + " round=" + round + " rate=" + rate)
                    .isLessThanOrEqualTo(rate + nowNs / 1_000 * rate / 1_000_000 + 1);
            }
            if (rate < 400)
            {
                // More was asked for than admitted: nothing of the rate is lost but what other workers hold.
                assertThat(opened).as("seed=" + seed + " round=" + round + " rate=" + rate)
                    .isGreaterThanOrEqualTo(Math.min(STEPS, nowNs / 1_000 * rate / 1_000_000 / 2));
            }
        }
    }

    @Test
    void shouldNeverHaveMoreConnectionsThanTheLimitWithThreads() throws InterruptedException
    {
        final int limit = 100;
        final List<Allowances> workers = workers(2, Allowances.OPENED);
        final SharedLimit shared = new SharedLimit(workers, LIMIT_SLOT, Allowances.CONNECTIONS);
        settle(workers, shared, limit);
        final AtomicInteger connections = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final AtomicInteger running = new AtomicInteger(workers.size());
        final AtomicBoolean isTooMany = new AtomicBoolean();
        final List<Thread> threads = new ArrayList<>();
        for (final Allowances worker : workers)
        {
            final Random own = new Random(random.nextLong());
            threads.add(Thread.ofPlatform().start(() ->
            {
                int used = 0;
                for (int i = 0; i < 200_000; i++)
                {
                    worker.poll();
                    final boolean isOpening = own.nextInt(128) > used - (own.nextInt(64) == 0 ? 128 : 0);
                    if (isOpening && worker.admit(SERVICE) == Allowances.ADMITTED)
                    {
                        final int now = connections.incrementAndGet();
                        most.accumulateAndGet(now, Math::max);
                        isTooMany.compareAndSet(false, now > limit);
                        worker.onOpened(SERVICE);
                        used++;
                    }
                    else if (!isOpening && used > 0)
                    {
                        connections.decrementAndGet();
                        worker.onClosed(SERVICE);
                        used--;
                    }
                }
                running.decrementAndGet();
            }));
        }
        while (running.get() > 0)
        {
            shared.divide(limit);
            Thread.yield();
        }
        for (final Thread thread : threads)
        {
            thread.join();
        }
        assertThat(isTooMany).as("most=" + most).isFalse();
        assertThat(most.get()).as("the limit is reached, so that the test means something").isGreaterThan(limit / 2);
    }

    /** Workers that have no share of the limit yet, and may use what they want of its other kind. */
    private static List<Allowances> workers(final int count, final int otherKind)
    {
        final List<Allowances> workers = IntStream.range(0, count).mapToObj(_ -> Allowances.inMemory(4, 4)).toList();
        take(workers, 1);
        lift(workers, otherKind);
        return workers;
    }

    private static void lift(final List<Allowances> workers, final int kind)
    {
        new SharedLimit(workers, LIMIT_SLOT, kind).divide(Allowances.UNLIMITED);
        workers.forEach(Allowances::poll);
    }

    private static void take(final List<Allowances> workers, final long generation)
    {
        final LimitTable table = new LimitTable(
            generation, List.of(new LimitTable.Limit(LIMIT_SLOT, generation, new int[]{SERVICE})));
        workers.forEach(worker -> worker.take(table));
    }

    private static void settle(final List<Allowances> workers, final SharedLimit shared, final long budget)
    {
        for (int i = 0; i < 4; i++)
        {
            shared.divide(budget);
            workers.forEach(Allowances::poll);
        }
    }

    private static int open(final Allowances worker)
    {
        if (worker.admit(SERVICE) != Allowances.ADMITTED)
        {
            return 0;
        }
        worker.onOpened(SERVICE);
        return 1;
    }

    private static int close(final Allowances worker, final int connections)
    {
        if (connections > 0)
        {
            worker.onClosed(SERVICE);
        }
        return Math.min(1, connections);
    }
}
