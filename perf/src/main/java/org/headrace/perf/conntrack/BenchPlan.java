package org.headrace.perf.conntrack;

import java.util.ArrayList;
import java.util.List;

/**
 * What is measured, and how often.
 *
 * <p>Small tables come first and are measured in several processes, one round after the other, so that a disturbance of
 * the machine does not hit one figure only. Big ones are filled once.
 */
final class BenchPlan
{
    static final int KIBI = 1 << 10;
    static final int MEGA = 1_000_000;
    static final String HEADRACE = "headrace";
    static final String SMALL_PAGES = "headrace-small-pages";
    static final String CHRONICLE_MAP = "chronicle-map";
    static final String HASH_MAP = "hash-map";

    private static final int BATCH = 64;
    private static final List<String> ALL = List.of("hit", "miss", "insert", "remove", "expire", "mixed");
    private static final int FULL_ROUNDS = 3;

    private final List<BenchCell> cells = new ArrayList<>();
    private final int millisPerRun;
    private final int runs;

    private BenchPlan(final int millisPerRun, final int runs)
    {
        this.millisPerRun = millisPerRun;
        this.runs = runs;
    }

    /** @return about a quarter of an hour; three minutes of it go into filling one large {@code HashMap}. */
    static BenchPlan full()
    {
        final BenchPlan plan = new BenchPlan(300, 5);
        for (int round = 0; round < FULL_ROUNDS; round++)
        {
            plan.add(HEADRACE, List.of(KIBI, 64 * KIBI, MEGA), ALL, BATCH);
        }
        plan.add(HEADRACE, List.of(KIBI), List.of("nothing"), BATCH);
        plan.add(HEADRACE, List.of(10 * MEGA), ALL, BATCH);
        plan.add(HEADRACE, List.of(KIBI, 64 * KIBI, MEGA, 10 * MEGA), List.of("hit", "miss"), 1);
        plan.add(SMALL_PAGES, List.of(64 * KIBI, MEGA, 10 * MEGA), List.of("hit", "insert"), BATCH);
        plan.add(CHRONICLE_MAP, List.of(KIBI, 64 * KIBI, MEGA), ALL, BATCH);
        plan.add(HASH_MAP, List.of(KIBI, 64 * KIBI, MEGA), ALL, BATCH);
        plan.add(HASH_MAP, List.of(10 * MEGA), List.of("hit"), BATCH);
        plan.add(CHRONICLE_MAP, List.of(10 * MEGA), List.of("hit", "insert"), BATCH);
        plan.add(HEADRACE, List.of(50 * MEGA), ALL, BATCH);
        plan.add(HEADRACE, List.of(50 * MEGA), List.of("hit"), 1);
        plan.add(SMALL_PAGES, List.of(50 * MEGA), List.of("hit"), BATCH);
        return plan;
    }

    /** @return less than three minutes. */
    static BenchPlan quick()
    {
        final BenchPlan plan = new BenchPlan(200, 3);
        plan.add(HEADRACE, List.of(KIBI, 64 * KIBI, MEGA), ALL, BATCH);
        plan.add(HEADRACE, List.of(MEGA), List.of("hit"), 1);
        plan.add(SMALL_PAGES, List.of(MEGA), List.of("hit"), BATCH);
        plan.add(CHRONICLE_MAP, List.of(64 * KIBI, MEGA), List.of("hit", "insert"), BATCH);
        plan.add(HASH_MAP, List.of(64 * KIBI, MEGA), List.of("hit", "insert"), BATCH);
        plan.add(HEADRACE, List.of(10 * MEGA), List.of("hit"), BATCH);
        return plan;
    }

    private void add(
        final String store,
        final List<Integer> sizes,
        final List<String> operations,
        final int batch)
    {
        for (final int size : sizes)
        {
            for (final String operation : operations)
            {
                cells.add(new BenchCell(operation, store, size, batch));
            }
        }
    }

    /** @return in the order of measuring; one that is measured in several rounds stands there as often. */
    List<BenchCell> cells()
    {
        return cells;
    }

    int millisPerRun()
    {
        return millisPerRun;
    }

    int runs()
    {
        return runs;
    }
}
