package org.headrace.perf.pipeline;

import org.headrace.perf.bench.BenchPlan;
import org.headrace.perf.bench.BenchReport;
import org.headrace.perf.bench.BenchResult;
import org.headrace.perf.bench.BenchRun;

import java.nio.file.Path;
import java.util.List;

/** {@code scripts/bench pipeline}: measures, shows how far it is, writes the report. */
public final class PipelineBenchTool
{
    private PipelineBenchTool()
    {
    }

    /**
     * @param args {@code --quick}, {@code --out DIRECTORY}.
     * @throws Exception if a measurement fails or the report cannot be written.
     */
    public static void main(final String[] args) throws Exception
    {
        boolean isQuick = false;
        Path directory = Path.of(System.getProperty("headrace.home", "."), "docs", "bench");
        for (int i = 0; i < args.length; i++)
        {
            switch (args[i])
            {
                case "--quick" -> isQuick = true;
                case "--out" -> directory = Path.of(args[++i]);
                default -> throw new IllegalArgumentException(
                    "unknown option: " + args[i] + " (expected: --quick or --out DIRECTORY)");
            }
        }
        final BenchPlan plan = isQuick ? PipelinePlan.quick() : PipelinePlan.full();
        final List<BenchResult> results = BenchRun.measure(plan, PipelinePlan.fork(plan));
        final PipelineReport report = new PipelineReport(new BenchReport(
            BenchRun.head("scripts/bench pipeline " + String.join(" ", args), plan), results));
        report.write(directory);
        System.out.println();
        System.out.print(report.markdown());
        System.out.println("written to " + directory);
    }
}
