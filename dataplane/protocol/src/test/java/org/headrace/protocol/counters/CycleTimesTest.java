package org.headrace.protocol.counters;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.SplittableRandom;

class CycleTimesTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldCoverAllTimesWithoutGapOrOverlap()
    {
        long longestNs = -1;
        for (int bucket = 0; bucket < CycleTimesDescriptor.BUCKETS; bucket++)
        {
            assertThat(CycleTimesDescriptor.bucket(longestNs + 1)).isEqualTo(bucket);
            longestNs = CycleTimesDescriptor.longestNs(bucket);
            assertThat(CycleTimesDescriptor.bucket(longestNs)).isEqualTo(bucket);
        }
        assertThat(longestNs).isEqualTo((1L << 35) - 1);
        assertThat(CycleTimesDescriptor.bucket(Long.MAX_VALUE)).isEqualTo(CycleTimesDescriptor.BUCKETS - 1);
        assertThat(CycleTimesDescriptor.bucket(-1)).isZero();
    }

    @Test
    void shouldBeNeverTooLowAndAtMostASixteenthTooHigh()
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 100_000; i++)
        {
            final long timeNs = random.nextLong(1L << random.nextInt(1, 35));
            assertThat(CycleTimesDescriptor.longestNs(CycleTimesDescriptor.bucket(timeNs)))
                .as("seed=%d timeNs=%d", seed, timeNs).isBetween(timeNs, timeNs + timeNs / 16);
        }
    }

    @Test
    void shouldTellTheCyclesOfAnIntervalFromThoseBefore()
    {
        try (CountersFile file = CountersFile.create(directory, 2, 1, "memory", "eth1"))
        {
            assertThat(file.cycleTimes(1).percentileNs(0.5)).isZero();
            final UnsafeBuffer buffer = file.cycleTimesBuffer(1);
            add(buffer, 1_000_000, 5);
            final CycleTimes before = file.cycleTimes(1);
            assertThat(before.maxNs()).isBetween(1_000_000L, 1_062_500L);

            add(buffer, 20, 989);
            add(buffer, 40, 9);
            add(buffer, 300, 2);

            final CycleTimes during = file.cycleTimes(1).since(before);
            assertThat(during.count()).isEqualTo(1_000);
            assertThat(during.percentileNs(0.5)).isEqualTo(20);
            assertThat(during.percentileNs(0.99)).isEqualTo(41);
            assertThat(during.percentileNs(0.998)).isEqualTo(41);
            assertThat(during.percentileNs(0.999)).isBetween(300L, 318L);
            assertThat(during.maxNs()).isBetween(300L, 318L);
            assertThat(during.plus(before).count()).isEqualTo(1_005);
            assertThat(file.cycleTimes(0).count()).isZero();
            assertThat(CycleTimes.none().maxNs()).isZero();
        }
    }

    private static void add(final UnsafeBuffer buffer, final long timeNs, final long count)
    {
        final int index = CycleTimesDescriptor.bucket(timeNs) * Long.BYTES;
        buffer.putLong(index, buffer.getLong(index) + count);
    }
}
