package org.headrace.perf.bench;

import org.openjdk.jmh.runner.RunnerException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Works a plan off and shows how far it is. */
public final class BenchRun
{
    private BenchRun()
    {
    }

    /**
     * @param plan what to measure.
     * @param fork by which each cell is measured.
     * @return one result for each cell, in the order of the plan.
     * @throws RunnerException if a process failed.
     */
    public static List<BenchResult> measure(final BenchPlan plan, final BenchFork fork) throws RunnerException
    {
        final long startNs = System.nanoTime();
        final Map<BenchCell, BenchResult> results = new LinkedHashMap<>();
        int done = 0;
        for (final BenchCell cell : plan.cells())
        {
            final BenchResult result = fork.run(cell);
            results.merge(cell, result, BenchResult::join);
            done++;
            System.out.println(String.format(Locale.ROOT, "[%3d/%d] %3d s  %s  %8.1f ns (%.1f – %.1f)", done,
                plan.cells().size(), (System.nanoTime() - startNs) / 1_000_000_000L, cell, result.median(),
                result.min(), result.max()));
        }
        return new ArrayList<>(results.values());
    }

    /**
     * @param command that was given.
     * @param plan    that was followed.
     * @return lines about command, runs, machine and versions.
     */
    public static List<String> head(final String command, final BenchPlan plan)
    {
        final List<String> head = new ArrayList<>();
        head.add("command: " + command.trim());
        head.add("runs: " + plan.runs() + " of " + plan.millisPerRun() + " ms in each process");
        head.add("versions: JMH 1.37");
        head.addAll(Machine.describe());
        if (Machine.isBusy())
        {
            head.add("WARNING: the machine was busy with other work: repeat this when it is quiet");
        }
        return head;
    }
}
