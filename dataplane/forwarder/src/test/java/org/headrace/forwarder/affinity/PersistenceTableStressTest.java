package org.headrace.forwarder.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.affinity.PersistenceTable.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many threads in few buckets. What is stored with a key follows from the key, so that a torn entry, or one of another
 * key, shows.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PersistenceTableStressTest
{
    private static final int THREADS = 6;
    private static final int OPERATIONS = 300_000;
    private static final int CLIENTS = 120;
    private static final int PREFIX = 128;

    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private final long seed = Long.getLong("headrace.seed", System.nanoTime());

    @Test
    void shouldNeverShowATornEntryOrOneOfAnotherKey() throws Exception
    {
        System.out.println("seed=" + seed);
        // One bucket of 63 places, twice as many clients: entries give way all the time.
        final PersistenceTable table = PersistenceTableTest.table(1);
        final AtomicLong hits = new AtomicLong();
        final AtomicLong evictions = new AtomicLong();
        run(number ->
        {
            final SplittableRandom random = new SplittableRandom(seed + number);
            final Template template = new Template();
            long nowMs = 1_000;
            for (int i = 0; i < OPERATIONS; i++)
            {
                nowMs += random.nextInt(2);
                final int client = random.nextInt(CLIENTS);
                final long low = client * 0x9E37_79B9_7F4A_7C15L;
                if (table.find(template.key(client % 4, PREFIX, client, low), nowMs))
                {
                    hits.incrementAndGet();
                    check(template, client);
                    table.renew(template, nowMs + 100 + random.nextInt(500));
                }
                if (random.nextInt(3) == 0)
                {
                    final Outcome outcome = table.put(
                        template, server(client, random), client * 31L, nowMs + random.nextInt(500), nowMs);
                    evictions.addAndGet(outcome == Outcome.EVICTED ? 1 : 0);
                    check(template, client);
                }
                final int place = random.nextInt(table.capacity());
                if (table.read(place, template))
                {
                    check(template, (int)template.clientHigh());
                    table.told(template);
                }
                table.eraseExpired(place, nowMs);
            }
        });
        assertThat(faults).as("seed=%d", seed).isEmpty();
        assertThat(hits.get()).isPositive();
        assertThat(evictions.get()).isPositive();
        assertThat(isKeyOnlyOnce(table)).as("seed=%d", seed).isTrue();
    }

    /** Two clients behind one mask start at the same moment on different workers: one server must serve both. */
    @Test
    void shouldGiveAllThreadsTheSameServerForOneNewClient() throws Exception
    {
        System.out.println("seed=" + seed);
        final int rounds = 20_000;
        final PersistenceTable table = PersistenceTableTest.table(1 << 18);
        final int[][] chosen = new int[THREADS][rounds];
        final int[][] outcomes = new int[THREADS][rounds];
        run(number ->
        {
            final Template template = new Template();
            for (int round = 0; round < rounds; round++)
            {
                template.key(1, PREFIX, 0, round);
                if (!table.find(template, 0) && table.put(template, number, number, 10_000, 0) == Outcome.BUSY)
                {
                    outcomes[number][round] = 1;
                }
                chosen[number][round] = template.server();
            }
        });
        int busy = 0;
        for (int round = 0; round < rounds; round++)
        {
            int server = -1;
            for (int number = 0; number < THREADS; number++)
            {
                busy += outcomes[number][round];
                if (outcomes[number][round] == 0)
                {
                    assertThat(server == -1 || server == chosen[number][round])
                        .as("seed=%d round=%d: servers %d and %d", seed, round, server, chosen[number][round]).isTrue();
                    server = chosen[number][round];
                }
            }
        }
        assertThat(busy).as("threads that found a bucket held for too long").isLessThan(rounds / 10);
        assertThat(isKeyOnlyOnce(table)).isTrue();
    }

    private void check(final Template template, final int client)
    {
        if (template.clientHigh() != client || template.clientLow() != client * 0x9E37_79B9_7F4A_7C15L ||
            template.service() != client % 4)
        {
            faults.add("key of client " + template.clientHigh() + " where " + client + " was wanted");
        }
        if (template.index() != PersistenceTable.NOT_FOUND &&
            (template.identity() != client * 31L || template.server() % CLIENTS != client))
        {
            faults.add("server=" + template.server() + " identity=" + template.identity() + " of client=" + client);
        }
    }

    private static int server(final int client, final SplittableRandom random)
    {
        return random.nextInt(1_000) * CLIENTS + client;
    }

    private static boolean isKeyOnlyOnce(final PersistenceTable table)
    {
        final Template template = new Template();
        final List<String> keys = new ArrayList<>();
        for (int i = 0; i < table.capacity(); i++)
        {
            if (table.read(i, template))
            {
                keys.add(template.service() + "/" + template.clientHigh() + "/" + template.clientLow());
            }
        }
        return keys.stream().distinct().count() == keys.size();
    }

    private void run(final Work work) throws Exception
    {
        final CyclicBarrier start = new CyclicBarrier(THREADS);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++)
        {
            final int number = i;
            threads.add(Thread.ofPlatform().start(() ->
            {
                try
                {
                    start.await();
                    work.run(number);
                }
                catch (final Exception ex)
                {
                    faults.add(ex.toString());
                }
            }));
        }
        for (final Thread thread : threads)
        {
            thread.join();
        }
        assertThat(faults).as("seed=%d", seed).isEmpty();
    }

    @FunctionalInterface
    private interface Work
    {
        void run(int number) throws Exception;
    }
}
