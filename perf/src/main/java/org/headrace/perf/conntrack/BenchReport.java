package org.headrace.perf.conntrack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The results as a table for spreadsheets (CSV), as JSON, and as a page with plots. */
final class BenchReport
{
    private static final List<String> STORES = List.of(
        BenchPlan.HEADRACE, BenchPlan.SMALL_PAGES, BenchPlan.CHRONICLE_MAP, BenchPlan.HASH_MAP);

    private final List<String> head;
    private final List<BenchResult> results;

    /**
     * @param head    lines about command, machine, versions.
     * @param results one for each cell.
     */
    BenchReport(final List<String> head, final List<BenchResult> results)
    {
        this.head = head;
        this.results = results;
    }

    /** @param directory that takes the files. @throws IOException if they cannot be written. */
    void write(final Path directory) throws IOException
    {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("conntrack.csv"), csv());
        Files.writeString(directory.resolve("conntrack.json"), json());
        Files.writeString(directory.resolve("conntrack.md"), markdown());
        plot("hit", "A packet of a known connection").write(directory.resolve("conntrack-hit.svg"));
        plot("insert", "A new connection, both directions").write(directory.resolve("conntrack-insert.svg"));
        plot("expire", "The end of a connection whose time is up").write(directory.resolve("conntrack-expire.svg"));
    }

    private BenchPlot plot(final String operation, final String title)
    {
        final BenchPlot plot = new BenchPlot(title, "connections in the table", "nanoseconds (log)");
        for (final String store : STORES)
        {
            plot.series(store, results.stream().filter(result -> result.cell().operation().equals(operation) &&
                result.cell().store().equals(store) && result.cell().batch() > 1).toList());
        }
        return plot;
    }

    String markdown()
    {
        final StringBuilder page = new StringBuilder("# The connection table, measured\n\n");
        page.append("Written by `scripts/bench conntrack`; do not edit. ")
            .append("How it is measured: [performance.md](../performance.md).\n\n```\n");
        head.forEach(line -> page.append(line).append('\n'));
        page.append("```\n\nNanoseconds for each operation: **median** (least – most) of the runs.\n\n")
            .append("| operation | batch | connections | headrace | small pages | Chronicle Map | HashMap |\n")
            .append("|---|---|---|---|---|---|---|\n");
        for (final BenchResult result : results)
        {
            if (isFirstOfItsRow(result))
            {
                appendRow(page, result.cell());
            }
        }
        page.append("\n![hit](conntrack-hit.svg)\n\n![insert](conntrack-insert.svg)\n\n")
            .append("![expire](conntrack-expire.svg)\n\n")
            .append("Bytes of memory for each connection, both directions findable:\n\n")
            .append("| connections | headrace | Chronicle Map | HashMap |\n|---|---|---|---|\n");
        results.stream().map(result -> result.cell().connections()).distinct().sorted()
            .filter(size -> size >= BenchPlan.MEGA).forEach(size -> page.append(String.format(Locale.ROOT,
                "| %s | %s | %s | %s |%n", BenchCell.size(size), bytes(BenchPlan.HEADRACE, size),
                bytes(BenchPlan.CHRONICLE_MAP, size), bytes(BenchPlan.HASH_MAP, size))));
        return page.toString();
    }

    private boolean isFirstOfItsRow(final BenchResult result)
    {
        return results.stream().filter(other -> isSameRow(other.cell(), result.cell())).findFirst().orElseThrow() ==
            result;
    }

    private static boolean isSameRow(final BenchCell one, final BenchCell other)
    {
        return one.operation().equals(other.operation()) && one.connections() == other.connections() &&
            one.batch() == other.batch();
    }

    private void appendRow(final StringBuilder page, final BenchCell row)
    {
        page.append("| ").append(row.operation()).append(" | ").append(row.batch()).append(" | ")
            .append(BenchCell.size(row.connections())).append(" |");
        for (final String store : STORES)
        {
            final String figure = results.stream()
                .filter(result -> isSameRow(result.cell(), row) && result.cell().store().equals(store)).findFirst()
                .map(result -> String.format(
                    Locale.ROOT, "**%.1f** (%.1f – %.1f)", result.median(), result.min(), result.max()))
                .orElse("");
            page.append(' ').append(figure).append(" |");
        }
        page.append('\n');
    }

    private String bytes(final String store, final int size)
    {
        return results.stream()
            .filter(result -> result.cell().store().equals(store) && result.cell().connections() == size)
            .mapToDouble(BenchResult::bytesPerConnection).min().stream()
            .mapToObj(bytes -> String.format(Locale.ROOT, "%.1f", bytes)).findFirst().orElse("");
    }

    private String csv()
    {
        final StringBuilder lines = new StringBuilder(
            "operation,store,connections,batch,median_ns,min_ns,max_ns,runs,bytes_per_connection\n");
        for (final BenchResult result : results)
        {
            lines.append(String.format(Locale.ROOT, "%s,%s,%d,%d,%.2f,%.2f,%.2f,%d,%.1f%n", result.cell().operation(),
                result.cell().store(), result.cell().connections(), result.cell().batch(), result.median(),
                result.min(), result.max(), result.runs().length, result.bytesPerConnection()));
        }
        return lines.toString();
    }

    private String json()
    {
        final StringBuilder text = new StringBuilder("{\n  \"head\": [\n");
        for (int i = 0; i < head.size(); i++)
        {
            text.append("    \"").append(head.get(i).replace("\\", "\\\\").replace("\"", "\\\"")).append('"')
                .append(i + 1 < head.size() ? ",\n" : "\n");
        }
        text.append("  ],\n  \"results\": [\n");
        for (int i = 0; i < results.size(); i++)
        {
            final BenchResult result = results.get(i);
            final StringBuilder runs = new StringBuilder();
            for (final double run : result.runs())
            {
                runs.append(runs.isEmpty() ? "" : ", ").append(String.format(Locale.ROOT, "%.2f", run));
            }
            text.append(String.format(Locale.ROOT, "    {\"operation\": \"%s\", \"store\": \"%s\", " +
                "\"connections\": %d, \"batch\": %d, \"bytesPerConnection\": %.1f, \"ns\": [%s]}%s%n",
                result.cell().operation(), result.cell().store(), result.cell().connections(), result.cell().batch(),
                result.bytesPerConnection(), runs, i + 1 < results.size() ? "," : ""));
        }
        return text.append("  ]\n}\n").toString();
    }
}
