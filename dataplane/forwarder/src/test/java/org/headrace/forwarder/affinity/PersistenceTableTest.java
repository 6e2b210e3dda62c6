package org.headrace.forwarder.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.affinity.PersistenceTable.Outcome;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

class PersistenceTableTest
{
    private static final int PREFIX = 128;
    private static final int SERVICE = 3;
    private static final int PLACES = PersistenceTableDescriptor.BUCKET_ENTRIES;
    private static final int TICK = PersistenceTableDescriptor.TICK_MS;

    private final Template template = new Template();
    private PersistenceTable table = table(1_024);

    @Test
    void shouldFindWhatWasPutUntilItsTimeIsOver()
    {
        assertThat(table.find(key(1), 0)).isFalse();
        assertThat(table.put(template, 7, 70, 10_000, 0)).isEqualTo(Outcome.CREATED);
        assertThat(table.find(key(1), 9_999)).isTrue();
        assertThat(template.server()).isEqualTo(7);
        assertThat(template.identity()).isEqualTo(70);
        assertThat(template.expiresMs()).isBetween(10_000L, 10_000L + TICK);
        assertThat(table.find(key(1), 10_000 + 2 * TICK)).isFalse();
    }

    @Test
    void shouldTellKeysApartByServicePrefixAndEveryBitOfTheClient()
    {
        put(template.key(SERVICE, PREFIX, 0, 0), 1);
        for (int bit = 0; bit < Long.SIZE; bit++)
        {
            assertThat(table.find(template.key(SERVICE, PREFIX, 1L << bit, 0), 0)).as("high %d", bit).isFalse();
            assertThat(table.find(template.key(SERVICE, PREFIX, 0, 1L << bit), 0)).as("low %d", bit).isFalse();
        }
        assertThat(table.find(template.key(SERVICE + 1, PREFIX, 0, 0), 0)).isFalse();
        assertThat(table.find(template.key(SERVICE, PREFIX - 1, 0, 0), 0)).isFalse();
        assertThat(table.find(template.key(SERVICE, PREFIX, 0, 0), 0)).isTrue();
    }

    @Test
    void shouldRenewForwardAndNotALittleBack()
    {
        put(key(1), 7);
        table.find(key(1), 0);
        table.renew(template, 50_000);
        assertThat(expiry(1)).isBetween(50_000L, 50_000L + TICK);
        table.find(key(1), 0);
        table.renew(template, 49_500);
        assertThat(expiry(1)).as("another worker's clock").isBetween(50_000L, 50_000L + TICK);
        table.renew(template, 5_000);
        assertThat(expiry(1)).as("a shorter timeout").isBetween(5_000L, 5_000L + TICK);
    }

    @Test
    void shouldNotRenewWhatHasChangedHands()
    {
        put(key(1), 7);
        final Template old = new Template().key(SERVICE, PREFIX, 0, 1);
        table.find(old, 0);
        table.find(key(1), 0);
        assertThat(table.put(template, 8, 80, 20_000, 0)).isEqualTo(Outcome.REPLACED);
        table.renew(old, 90_000);
        assertThat(expiry(1)).isLessThan(21_000);
        assertThat(template.server()).isEqualTo(8);
    }

    @Test
    void shouldFollowAnotherThreadThatWasFaster()
    {
        final Template slow = new Template().key(SERVICE, PREFIX, 0, 1);
        assertThat(table.find(slow, 0)).isFalse();
        put(key(1), 7);
        assertThat(table.put(slow, 9, 90, 10_000, 0)).isEqualTo(Outcome.ADOPTED);
        assertThat(slow.server()).isEqualTo(7);
        assertThat(slow.identity()).isEqualTo(70);
    }

    @Test
    void shouldFollowAnotherThreadThatReplacedTheStaleTemplateFirst()
    {
        put(key(1), 7);
        final Template slow = new Template().key(SERVICE, PREFIX, 0, 1);
        table.find(slow, 0);
        table.find(key(1), 0);
        assertThat(table.put(template, 8, 80, 10_000, 0)).isEqualTo(Outcome.REPLACED);
        assertThat(table.put(slow, 9, 90, 10_000, 0)).isEqualTo(Outcome.ADOPTED);
        assertThat(slow.server()).isEqualTo(8);
    }

    @Test
    void shouldLetTheOneNearestToItsExpiryGiveWayInAFullBucket()
    {
        table = table(1);
        for (int i = 0; i < PLACES; i++)
        {
            table.find(key(i), 0);
            assertThat(table.put(template, i, i, 100_000 + 1_000 * ((i + 3) % PLACES), 0)).isEqualTo(Outcome.CREATED);
        }
        table.find(key(100), 0);
        assertThat(table.put(template, 100, 0, 90_000, 0)).isEqualTo(Outcome.EVICTED);
        assertThat(table.find(key(PLACES - 3), 0)).as("the one that would expire first").isFalse();
        for (int i = 0; i < PLACES; i++)
        {
            assertThat(table.find(key(i), 0)).as("%d", i).isEqualTo(i != PLACES - 3);
        }
        assertThat(table.find(key(100), 0)).isTrue();
    }

    @Test
    void shouldTakeThePlaceOfAnExpiredOneBeforeItEvicts()
    {
        table = table(1);
        for (int i = 0; i < PLACES; i++)
        {
            table.find(key(i), 0);
            table.put(template, i, i, i == 5 ? 1_000 : 100_000, 0);
        }
        table.find(key(100), 2_000);
        assertThat(table.put(template, 100, 0, 90_000, 2_000)).isEqualTo(Outcome.CREATED);
    }

    @Test
    void shouldEraseOnlyWhatHasExpired()
    {
        put(key(1), 7);
        table.find(key(1), 0);
        final int index = template.index();
        assertThat(table.eraseExpired(index, 9_000)).isFalse();
        assertThat(table.eraseExpired(index, 10_000 + TICK)).isTrue();
        assertThat(table.read(index, template)).isFalse();
        assertThat(table.eraseExpired(index, 10_000 + TICK)).isFalse();
    }

    @Test
    void shouldRestoreNothingOverWhatIsFresher()
    {
        assertThat(table.restore(key(1), 7, 70, 10_000, 0)).isTrue();
        assertThat(table.find(key(1), 0)).isTrue();
        assertThat(template.toldMs()).as("the agent knows what it has restored").isEqualTo(template.expiresMs());
        assertThat(table.restore(key(1), 8, 80, 90_000, 0)).isFalse();
        table.find(key(1), 0);
        assertThat(template.server()).isEqualTo(7);
        assertThat(table.restore(key(2), 8, 80, 5_000, 6_000)).as("its time is over").isFalse();
    }

    @Test
    void shouldRestoreIntoAFullBucketOnlyWhatExpiresLater()
    {
        table = table(1);
        for (int i = 0; i < PLACES; i++)
        {
            table.find(key(i), 0);
            table.put(template, i, i, 50_000, 0);
        }
        assertThat(table.restore(key(1_000), 1, 1, 40_000, 0)).isFalse();
        assertThat(table.restore(key(1_001), 1, 1, 60_000, 0)).isTrue();
        assertThat(table.find(key(1_001), 0)).isTrue();
    }

    @Test
    void shouldRememberWhatTheAgentWasTold()
    {
        put(key(1), 7);
        table.find(key(1), 0);
        assertThat(template.toldMs()).isZero();
        table.told(template);
        table.find(key(1), 0);
        assertThat(template.toldMs()).isEqualTo(template.expiresMs());
        final Template old = new Template().key(SERVICE, PREFIX, 0, 1);
        table.find(old, 0);
        table.find(key(1), 0);
        table.put(template, 8, 80, 70_000, 0);
        table.told(old);
        table.find(key(1), 0);
        assertThat(template.toldMs()).as("told of another server").isZero();
    }

    /** Against a plain map, with more room than keys, so that nothing has to give way. */
    @Test
    void shouldBehaveAsAMapWithTimes()
    {
        final long seed = Long.getLong("headrace.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        final Random random = new Random(seed);
        table = table(1 << 16);
        final Map<Integer, long[]> model = new HashMap<>();
        long nowMs = 0;
        for (int step = 0; step < 200_000; step++)
        {
            nowMs += random.nextInt(20);
            final int client = random.nextInt(2_000);
            final long[] expected = model.get(client);
            final boolean isThere = table.find(key(client), nowMs);
            if (expected != null && expected[1] > nowMs + TICK)
            {
                assertThat(isThere).as("seed=%d step=%d", seed, step).isTrue();
            }
            if (expected == null || expected[1] + 2 * TICK < nowMs)
            {
                assertThat(isThere).as("seed=%d step=%d", seed, step).isFalse();
            }
            if (isThere)
            {
                assertThat(template.server()).as("seed=%d step=%d", seed, step).isEqualTo((int)expected[0]);
            }
            final long expiresMs = nowMs + 500 + random.nextInt(20_000);
            if (isThere && random.nextInt(4) != 0)
            {
                table.renew(template, expiresMs);
                expected[1] = Math.max(template.expiresMs(), expiresMs);
                expected[1] = template.expiresMs();
            }
            else
            {
                final int server = random.nextInt(100_000);
                assertThat(table.put(template, server, server, expiresMs, nowMs))
                    .as("seed=%d step=%d", seed, step).isEqualTo(isThere ? Outcome.REPLACED : Outcome.CREATED);
                model.put(client, new long[]{server, expiresMs});
            }
            table.eraseExpired(random.nextInt(table.capacity()), nowMs);
        }
    }

    @Test
    void shouldHoldAsManyTemplatesAsItIsMadeFor()
    {
        final int entries = 50_000;
        table = table(entries);
        int evicted = 0;
        for (int i = 0; i < entries; i++)
        {
            table.find(template.key(SERVICE, PREFIX, 0, 0xFFFF_0A00_0000L + i), 0);
            evicted += table.put(template, 1, 1, 10_000, 0) == Outcome.EVICTED ? 1 : 0;
        }
        assertThat(evicted).as("of %d", entries).isLessThan(entries / 500);
    }

    @Test
    void shouldEmptyWhatWasBeingWrittenWhenTheProcessDied()
    {
        final List<Integer> places = new ArrayList<>();
        for (int i = 0; i < 3; i++)
        {
            put(key(i), i);
            places.add(template.index());
        }
        TornTable.writing(table, places.get(0));
        TornTable.own(table, places.get(1));
        TornTable.foreignServer(table, places.get(2), 1 << 20);
        table.find(key(1), 0);
        assertThat(table.repair(8, 1_000, 0)).isEqualTo(2);
        assertThat(table.find(key(0), 0)).isFalse();
        assertThat(table.find(key(1), 0)).isTrue();
        assertThat(table.find(key(2), 0)).as("a server slot that does not exist").isFalse();
        table.find(key(1), 0);
        assertThat(table.put(template, 5, 5, 20_000, 0)).as("its bucket is free").isEqualTo(Outcome.REPLACED);
    }

    private Template key(final int client)
    {
        return template.key(SERVICE, PREFIX, 0, client);
    }

    private void put(final Template key, final int server)
    {
        table.find(key, 0);
        assertThat(table.put(key, server, server * 10L, 10_000, 0)).isEqualTo(Outcome.CREATED);
    }

    private long expiry(final int client)
    {
        assertThat(table.find(key(client), 0)).isTrue();
        return template.expiresMs();
    }

    static PersistenceTable table(final int entries)
    {
        return PersistenceFile.create(
            Arena.ofAuto().allocate(PersistenceFile.requiredBytes(entries), 64), entries, 4_711);
    }
}
