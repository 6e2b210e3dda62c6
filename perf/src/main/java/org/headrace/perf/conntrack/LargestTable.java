package org.headrace.perf.conntrack;

import org.headrace.perf.bench.BenchCell;
import org.headrace.perf.bench.Machine;
import org.headrace.perf.bench.TableMemory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Fifty million IPv4 connections in one process: filled, looked up at random, expired to the last with bounded work;
 * and what a packet costs, beside a table of 64 K in the same run, by turns.
 */
final class LargestTable
{
    private static final int LARGE = 50_000_000;
    private static final int SMALL = 64 << 10;
    private static final int BATCH = 64;
    private static final int EXPIRE_LIMIT = 64;
    private static final int ROUNDS = 15;
    private static final int BATCHES_PER_ROUND = 20_000;
    private static final double MOST_TIMES_SMALL = 2.0;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final List<String> lines;
    private final Path directory;
    private long random = 88_172_645_463_325_252L;

    LargestTable(final List<String> lines, final Path directory)
    {
        this.lines = lines;
        this.directory = directory;
    }

    /**
     * @param isQuick a tenth of the size.
     * @throws IOException if the report cannot be written.
     */
    void run(final boolean isQuick) throws IOException
    {
        final int connections = isQuick ? LARGE / 10 : LARGE;
        final long startNs = System.nanoTime();
        try (HeadraceStore small = new HeadraceStore(SMALL, TableMemory.Pages.HUGE);
            HeadraceStore large = new HeadraceStore(connections, TableMemory.Pages.HUGE))
        {
            say("table mapped and touched: %.1f s, %s", seconds(startNs), large.pages());
            fill(small, SMALL, false);
            fill(large, connections, true);
            compare(small, large, connections);
            say("memory: %.1f bytes for each connection, all told", (double)large.memoryBytes() / connections);
            expireAll(large, connections);
        }
        lines.addAll(Machine.describe());
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("conntrack-largest.md"),
            "# The largest table, measured\n\nWritten by `scripts/bench conntrack --largest`; do not edit.\n\n```\n" +
                String.join("\n", lines) + "\n```\n");
        System.out.println(String.join("\n", Machine.describe()));
        System.out.println("written to " + directory.resolve("conntrack-largest.md"));
    }

    private void fill(final HeadraceStore store, final int connections, final boolean isReported)
    {
        final long[] numbers = new long[BATCH];
        final long startNs = System.nanoTime();
        long slowestNs = 0;
        for (int next = 0; next < connections; next += BATCH)
        {
            for (int i = 0; i < BATCH; i++)
            {
                numbers[i] = next + i;
            }
            store.age(BATCH);
            final long before = cpuNs();
            store.insert(numbers);
            slowestNs = Math.max(slowestNs, cpuNs() - before);
            if (isReported && next % (connections / 10 / BATCH * BATCH) == 0)
            {
                System.out.println(String.format(Locale.ROOT, "filling: %d of %d", next, connections));
            }
        }
        if (isReported)
        {
            say("filled: connections=%d in %.1f s, %.0f ns each, longest call (%d inserts) %.3f ms of CPU time",
                store.table().size(), seconds(startNs), (double)(System.nanoTime() - startNs) / connections, BATCH,
                slowestNs / 1e6);
        }
    }

    private void compare(final HeadraceStore small, final HeadraceStore large, final int connections)
    {
        final double[] smallNs = new double[ROUNDS];
        final double[] largeNs = new double[ROUNDS];
        packets(small, SMALL);
        packets(large, connections);
        for (int round = 0; round < ROUNDS; round++)
        {
            smallNs[round] = packets(small, SMALL);
            largeNs[round] = packets(large, connections);
            System.out.println(String.format(Locale.ROOT, "round %d of %d: %.1f ns with %s, %.1f ns with %s",
                round + 1, ROUNDS, smallNs[round], BenchCell.size(SMALL), largeNs[round], BenchCell.size(connections)));
        }
        Arrays.sort(smallNs);
        Arrays.sort(largeNs);
        final double ratio = largeNs[ROUNDS / 2] / smallNs[ROUNDS / 2];
        say("packet, 64 K: median %.1f ns (%.1f – %.1f) of %d runs", smallNs[ROUNDS / 2], smallNs[0],
            smallNs[ROUNDS - 1], ROUNDS);
        say("packet, %s: median %.1f ns (%.1f – %.1f) of %d runs", BenchCell.size(connections), largeNs[ROUNDS / 2],
            largeNs[0], largeNs[ROUNDS - 1], ROUNDS);
        say("ratio of medians: %.2f, of the least: %.2f (target: at most %.1f)", ratio, largeNs[0] / smallNs[0],
            MOST_TIMES_SMALL);
    }

    /** Time that this thread had the CPU, in nanoseconds: what other programs took in between is not the table's. */
    private long cpuNs()
    {
        return threads.getCurrentThreadCpuTime();
    }

    private double packets(final HeadraceStore store, final int connections)
    {
        final long[] packets = new long[BATCH];
        int found = 0;
        final long startNs = cpuNs();
        for (int batch = 0; batch < BATCHES_PER_ROUND; batch++)
        {
            for (int i = 0; i < BATCH; i++)
            {
                random ^= random << 13;
                random ^= random >>> 7;
                random ^= random << 17;
                packets[i] = ((random >>> 32) * connections >>> 32) << 1 | random & 1;
            }
            found += store.onPackets(packets);
        }
        final double ns = (double)(cpuNs() - startNs) / (BATCHES_PER_ROUND * BATCH);
        if (found != BATCHES_PER_ROUND * BATCH)
        {
            throw new IllegalStateException("found=" + found + " (expected: " + BATCHES_PER_ROUND * BATCH + ")");
        }
        return ns;
    }

    /** First the time of all comes at once, then every call looks at no more than {@link #EXPIRE_LIMIT}. */
    private void expireAll(final HeadraceStore store, final int connections)
    {
        // every one of them has had its packet at this time or earlier, so two lives later all are due
        store.age(2 * connections);
        final long startNs = System.nanoTime();
        long calls = 0;
        long looked = 0;
        long slowestNs = 0;
        long slowestCpuNs = 0;
        int nextReport = store.table().size();
        while (store.table().size() > 0)
        {
            final long before = System.nanoTime();
            final long beforeCpu = cpuNs();
            final int work = store.table().expire(store.nowMs(), EXPIRE_LIMIT);
            slowestCpuNs = Math.max(slowestCpuNs, cpuNs() - beforeCpu);
            slowestNs = Math.max(slowestNs, System.nanoTime() - before);
            looked += work;
            calls++;
            if (store.table().size() <= nextReport)
            {
                System.out.println(String.format(Locale.ROOT, "expiring: %d left", store.table().size()));
                nextReport -= connections / 10;
            }
        }
        final double allNs = System.nanoTime() - startNs;
        say("expired: connections=%d in %.1f s, %.0f ns each, calls=%d of at most %d, looked at %d", connections,
            allNs / 1e9, allNs / connections, calls, EXPIRE_LIMIT, looked);
        say("longest single call: %.3f ms of CPU time (%.3f ms on the clock, in which other programs may have run)",
            slowestCpuNs / 1e6, slowestNs / 1e6);
    }

    private void say(final String format, final Object... values)
    {
        final String line = String.format(Locale.ROOT, format, values);
        lines.add(line);
        System.out.println(line);
    }

    private static double seconds(final long startNs)
    {
        return (System.nanoTime() - startNs) / 1e9;
    }
}
