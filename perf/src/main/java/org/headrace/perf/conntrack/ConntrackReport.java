package org.headrace.perf.conntrack;

import org.headrace.perf.bench.BenchCell;
import org.headrace.perf.bench.BenchPlan;
import org.headrace.perf.bench.BenchPlot;
import org.headrace.perf.bench.BenchReport;
import org.headrace.perf.bench.BenchResult;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The page of the connection table beside the others. */
final class ConntrackReport
{
    private static final List<String> STORES = List.of(
        ConntrackPlan.HEADRACE, ConntrackPlan.SMALL_PAGES, ConntrackPlan.CHRONICLE_MAP, ConntrackPlan.HASH_MAP);

    private final BenchReport report;

    ConntrackReport(final BenchReport report)
    {
        this.report = report;
    }

    /** @param directory that takes the files. @throws IOException if they cannot be written. */
    void write(final Path directory) throws IOException
    {
        report.write(directory, "conntrack", markdown());
        plot("hit", "A packet of a known connection").write(directory.resolve("conntrack-hit.svg"));
        plot("insert", "A new connection, both directions").write(directory.resolve("conntrack-insert.svg"));
        plot("expire", "The end of a connection whose time is up").write(directory.resolve("conntrack-expire.svg"));
    }

    private BenchPlot plot(final String operation, final String title)
    {
        final BenchPlot plot = new BenchPlot(title, "connections in the table", "nanoseconds (log)");
        for (final String store : STORES)
        {
            plot.series(store, report.select(cell -> cell.operation().equals(operation) &&
                cell.series().equals(store) && !"1".equals(cell.parameters().get("batch"))));
        }
        return plot;
    }

    String markdown()
    {
        final StringBuilder page = report.page("The connection table, measured", "scripts/bench conntrack");
        page.append("Nanoseconds for each operation: **median** (least – most) of the runs.\n\n")
            .append("| operation | batch | connections | headrace | small pages | Chronicle Map | HashMap |\n")
            .append("|---|---|---|---|---|---|---|\n");
        for (final BenchCell row : report.rows())
        {
            page.append("| ").append(row.operation()).append(" | ").append(row.parameters().get("batch"))
                .append(" | ").append(BenchCell.size(row.size())).append(" |");
            report.appendFigures(page, row, STORES);
        }
        page.append("\n![hit](conntrack-hit.svg)\n\n![insert](conntrack-insert.svg)\n\n")
            .append("![expire](conntrack-expire.svg)\n\n")
            .append("Bytes of memory for each connection, both directions findable:\n\n")
            .append("| connections | headrace | Chronicle Map | HashMap |\n|---|---|---|---|\n");
        report.rows().stream().map(BenchCell::size).distinct().sorted()
            .filter(size -> size >= BenchPlan.MEGA).forEach(size -> page.append(String.format(Locale.ROOT,
                "| %s | %s | %s | %s |%n", BenchCell.size(size), bytes(ConntrackPlan.HEADRACE, size),
                bytes(ConntrackPlan.CHRONICLE_MAP, size), bytes(ConntrackPlan.HASH_MAP, size))));
        return page.toString();
    }

    private String bytes(final String store, final int size)
    {
        return report.select(cell -> cell.series().equals(store) && cell.size() == size).stream()
            .mapToDouble(BenchResult::memoryBytes).min().stream()
            .mapToObj(bytes -> String.format(Locale.ROOT, "%.1f", bytes)).findFirst().orElse("");
    }
}
