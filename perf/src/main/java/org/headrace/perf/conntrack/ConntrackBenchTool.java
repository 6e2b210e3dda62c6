package org.headrace.perf.conntrack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/** {@code scripts/bench conntrack}: measures, shows how far it is, writes the report. */
public final class ConntrackBenchTool
{
    private ConntrackBenchTool()
    {
    }

    /**
     * @param args {@code --quick}, {@code --largest}, {@code --out DIRECTORY}.
     * @throws Exception if a measurement fails or the report cannot be written.
     */
    public static void main(final String[] args) throws Exception
    {
        boolean isQuick = false;
        boolean isLargest = false;
        Path directory = Path.of(System.getProperty("headrace.home", "."), "docs", "bench");
        for (int i = 0; i < args.length; i++)
        {
            switch (args[i])
            {
                case "--quick" -> isQuick = true;
                case "--largest" -> isLargest = true;
                case "--out" -> directory = Path.of(args[++i]);
                default -> throw new IllegalArgumentException(
                    "unknown option: " + args[i] + " (expected: --quick, --largest or --out DIRECTORY)");
            }
        }
        final List<String> head = new ArrayList<>();
        head.add("command: scripts/bench conntrack " + String.join(" ", args));
        if (isLargest)
        {
            new LargestTable(head, directory).run(isQuick);
            return;
        }
        final BenchPlan plan = isQuick ? BenchPlan.quick() : BenchPlan.full();
        head.add("runs: " + plan.runs() + " of " + plan.millisPerRun() + " ms in each process");
        head.add("versions: JMH 1.37, Chronicle Map 2026.1");
        final List<BenchResult> results = measure(plan);
        head.addAll(Machine.describe());
        if (Machine.isBusy())
        {
            head.add("WARNING: the machine was busy with other work: repeat this when it is quiet");
        }
        final BenchReport report = new BenchReport(head, results);
        report.write(directory);
        System.out.println();
        System.out.print(report.markdown());
        System.out.println("written to " + directory);
    }

    private static List<BenchResult> measure(final BenchPlan plan) throws Exception
    {
        final long startNs = System.nanoTime();
        final BenchFork fork = new BenchFork(plan);
        final Map<BenchCell, BenchResult> results = new LinkedHashMap<>();
        int done = 0;
        for (final BenchCell cell : plan.cells())
        {
            final BenchResult result = fork.run(cell);
            results.merge(cell, result, ConntrackBenchTool::join);
            done++;
            System.out.println(String.format(Locale.ROOT, "[%3d/%d] %3d s  %s  %8.1f ns (%.1f – %.1f)", done,
                plan.cells().size(), (System.nanoTime() - startNs) / 1_000_000_000L, cell, result.median(),
                result.min(), result.max()));
        }
        return new ArrayList<>(results.values());
    }

    private static BenchResult join(final BenchResult one, final BenchResult other)
    {
        return new BenchResult(one.cell(),
            DoubleStream.concat(DoubleStream.of(one.runs()), DoubleStream.of(other.runs())).toArray(),
            Math.min(one.bytesPerConnection(), other.bytesPerConnection()));
    }
}
