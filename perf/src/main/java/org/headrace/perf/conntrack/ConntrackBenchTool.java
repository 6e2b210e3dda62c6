package org.headrace.perf.conntrack;

import org.headrace.perf.bench.BenchPlan;
import org.headrace.perf.bench.BenchReport;
import org.headrace.perf.bench.BenchResult;
import org.headrace.perf.bench.BenchRun;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
        final String command = "scripts/bench conntrack " + String.join(" ", args);
        if (isLargest)
        {
            new LargestTable(new ArrayList<>(List.of("command: " + command)), directory).run(isQuick);
            return;
        }
        final BenchPlan plan = isQuick ? ConntrackPlan.quick() : ConntrackPlan.full();
        final List<BenchResult> results = BenchRun.measure(plan, ConntrackPlan.fork(plan));
        final List<String> head = BenchRun.head(command, plan);
        head.add("beside it: Chronicle Map 2026.1");
        final ConntrackReport report = new ConntrackReport(new BenchReport(head, results));
        report.write(directory);
        System.out.println();
        System.out.print(report.markdown());
        System.out.println("written to " + directory);
    }
}
