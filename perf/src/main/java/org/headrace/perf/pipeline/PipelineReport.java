package org.headrace.perf.pipeline;

import org.headrace.perf.bench.BenchCell;
import org.headrace.perf.bench.BenchPlot;
import org.headrace.perf.bench.BenchReport;
import org.headrace.perf.bench.BenchResult;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The page of the pipeline. */
final class PipelineReport
{
    private static final double NANOS_PER_SECOND = 1e9;

    private final BenchReport report;

    PipelineReport(final BenchReport report)
    {
        this.report = report;
    }

    /** @param directory that takes the files. @throws IOException if they cannot be written. */
    void write(final Path directory) throws IOException
    {
        report.write(directory, "pipeline", markdown());
        final BenchPlot plot = new BenchPlot("A packet in the worker", "flows", "nanoseconds (log)");
        for (final PipelinePlan.Work work : PipelinePlan.Work.values())
        {
            plot.series(work.operation(), of(work.operation()));
        }
        plot.series("one line of memory", of(PipelinePlan.LINES));
        plot.write(directory.resolve("pipeline.svg"));
    }

    String markdown()
    {
        final List<Integer> sizes = report.rows().stream().map(BenchCell::size).distinct().sorted().toList();
        final StringBuilder page = report.page("The pipeline, measured", "scripts/bench pipeline");
        page.append(
            "Nanoseconds for each packet, **median** (least – most) of the runs, by the number of flows.\n\n");
        appendHead(page, "packets", sizes);
        for (final PipelinePlan.Work work : PipelinePlan.Work.values())
        {
            appendRow(page, "`" + work.operation() + "` " + work.description(), work.operation(), sizes);
        }
        appendRow(page, "*yardstick:* loads of random cache lines, side by side", PipelinePlan.LINES, sizes);
        appendRow(page, "*yardstick:* loads of random cache lines, one after the other", PipelinePlan.CHAIN, sizes);
        page.append("\nNew connections each second, opened and ended: ");
        page.append(String.join(", ", of(PipelinePlan.Work.NEW.operation()).stream()
            .map(result -> String.format(Locale.ROOT, "%.2f M at %s", NANOS_PER_SECOND / result.median() / 1e6,
                BenchCell.size(result.cell().size()))).toList()));
        page.append(String.format(Locale.ROOT, ". Heap allocated, JMH's own included: at most %.3f bytes for each " +
            "packet.%n%n![packets](pipeline.svg)%n", report.select(_ -> true).stream()
            .mapToDouble(BenchResult::allocatedBytes).max().orElseThrow()));
        return page.toString();
    }

    private List<BenchResult> of(final String operation)
    {
        return report.select(cell -> cell.operation().equals(operation));
    }

    private static void appendHead(final StringBuilder page, final String title, final List<Integer> sizes)
    {
        page.append("| ").append(title).append(" |");
        sizes.forEach(size -> page.append(' ').append(BenchCell.size(size)).append(" |"));
        page.append("\n|---|").append("---|".repeat(sizes.size())).append('\n');
    }

    private void appendRow(
        final StringBuilder page, final String title, final String operation, final List<Integer> sizes)
    {
        page.append("| ").append(title).append(" |");
        for (final int size : sizes)
        {
            page.append(' ').append(of(operation).stream().filter(result -> result.cell().size() == size).findFirst()
                .map(BenchReport::figure).orElse("")).append(" |");
        }
        page.append('\n');
    }
}
