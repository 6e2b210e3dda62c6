package org.headrace.perf.conntrack;

import static org.headrace.perf.bench.BenchPlan.KIBI;
import static org.headrace.perf.bench.BenchPlan.MEGA;

import org.headrace.perf.bench.BenchCell;
import org.headrace.perf.bench.BenchFork;
import org.headrace.perf.bench.BenchPlan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Which operations of which stores are measured. */
final class ConntrackPlan
{
    static final String HEADRACE = "headrace";
    static final String SMALL_PAGES = "headrace-small-pages";
    static final String CHRONICLE_MAP = "chronicle-map";
    static final String HASH_MAP = "hash-map";

    private static final int BATCH = 64;
    private static final List<String> ALL = List.of("hit", "miss", "insert", "remove", "expire", "mixed");
    private static final int FULL_ROUNDS = 3;
    /** What Chronicle Map needs. */
    private static final List<String> JVM_OPTIONS = List.of(
        "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
        "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
        "-Dchronicle.analytics.disable=true",
        "-Dchronicle.announcer.disable=true",
        "-DHEADRACE_LOG=WARN");
    private static final int HEAP_MEBI = 512;
    /** Two tuples, two map nodes, one connection, two places in the array: 211 bytes, and room for the collector. */
    private static final int HASH_MAP_BYTES = 300;

    private ConntrackPlan()
    {
    }

    /** @return about a quarter of an hour; three minutes of it go into filling one large {@code HashMap}. */
    static BenchPlan full()
    {
        final BenchPlan plan = new BenchPlan(300, 5);
        for (int round = 0; round < FULL_ROUNDS; round++)
        {
            add(plan, HEADRACE, List.of(KIBI, 64 * KIBI, MEGA), ALL, BATCH);
        }
        add(plan, HEADRACE, List.of(KIBI), List.of("nothing"), BATCH);
        add(plan, HEADRACE, List.of(10 * MEGA), ALL, BATCH);
        add(plan, HEADRACE, List.of(KIBI, 64 * KIBI, MEGA, 10 * MEGA), List.of("hit", "miss"), 1);
        add(plan, SMALL_PAGES, List.of(64 * KIBI, MEGA, 10 * MEGA), List.of("hit", "insert"), BATCH);
        add(plan, CHRONICLE_MAP, List.of(KIBI, 64 * KIBI, MEGA), ALL, BATCH);
        add(plan, HASH_MAP, List.of(KIBI, 64 * KIBI, MEGA), ALL, BATCH);
        add(plan, HASH_MAP, List.of(10 * MEGA), List.of("hit"), BATCH);
        add(plan, CHRONICLE_MAP, List.of(10 * MEGA), List.of("hit", "insert"), BATCH);
        add(plan, HEADRACE, List.of(50 * MEGA), ALL, BATCH);
        add(plan, HEADRACE, List.of(50 * MEGA), List.of("hit"), 1);
        add(plan, SMALL_PAGES, List.of(50 * MEGA), List.of("hit"), BATCH);
        return plan;
    }

    /** @return less than three minutes. */
    static BenchPlan quick()
    {
        final BenchPlan plan = new BenchPlan(200, 3);
        add(plan, HEADRACE, List.of(KIBI, 64 * KIBI, MEGA), ALL, BATCH);
        add(plan, HEADRACE, List.of(MEGA), List.of("hit"), 1);
        add(plan, SMALL_PAGES, List.of(MEGA), List.of("hit"), BATCH);
        add(plan, CHRONICLE_MAP, List.of(64 * KIBI, MEGA), List.of("hit", "insert"), BATCH);
        add(plan, HASH_MAP, List.of(64 * KIBI, MEGA), List.of("hit", "insert"), BATCH);
        add(plan, HEADRACE, List.of(10 * MEGA), List.of("hit"), BATCH);
        return plan;
    }

    /** @param plan that is followed. @return processes with what each of the stores needs. */
    static BenchFork fork(final BenchPlan plan)
    {
        return new BenchFork(_ -> ConntrackBenchmark.class, JVM_OPTIONS, ConntrackPlan::heapMebi, plan);
    }

    private static void add(
        final BenchPlan plan,
        final String store,
        final List<Integer> sizes,
        final List<String> operations,
        final int batch)
    {
        for (final int size : sizes)
        {
            for (final String operation : operations)
            {
                final SequencedMap<String, String> parameters = new LinkedHashMap<>();
                parameters.put("store", store);
                parameters.put("connections", Integer.toString(size));
                parameters.put("batch", Integer.toString(batch));
                plan.add(new BenchCell(operation, operation, store, size, parameters));
            }
        }
    }

    private static long heapMebi(final BenchCell cell)
    {
        return HEAP_MEBI + (HASH_MAP.equals(cell.series()) ? ((long)cell.size() * HASH_MAP_BYTES >> 20) : 0);
    }
}
