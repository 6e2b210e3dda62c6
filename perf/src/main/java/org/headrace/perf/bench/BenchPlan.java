package org.headrace.perf.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * What is measured, and how often.
 *
 * <p>Small cells come first and are measured in several processes, one round after the other, so that a disturbance of
 * the machine does not hit one figure only. Big ones are measured once.
 */
public final class BenchPlan
{
    /** 1 K. */
    public static final int KIBI = 1 << 10;
    /** 1 M. */
    public static final int MEGA = 1_000_000;

    private final List<BenchCell> cells = new ArrayList<>();
    private final int millisPerRun;
    private final int runs;

    /**
     * @param millisPerRun of each run.
     * @param runs         in each process, after those that warm up.
     */
    public BenchPlan(final int millisPerRun, final int runs)
    {
        this.millisPerRun = millisPerRun;
        this.runs = runs;
    }

    /** @param cell to be measured next; once more if it stands there already. */
    public void add(final BenchCell cell)
    {
        cells.add(cell);
    }

    /** @return in the order of measuring; one that is measured in several rounds stands there as often. */
    public List<BenchCell> cells()
    {
        return cells;
    }

    /** @return milliseconds of a run. */
    public int millisPerRun()
    {
        return millisPerRun;
    }

    /** @return runs in each process. */
    public int runs()
    {
        return runs;
    }
}
