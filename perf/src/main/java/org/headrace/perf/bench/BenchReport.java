package org.headrace.perf.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The results as a table for spreadsheets (CSV), as JSON, and in pieces for a page with plots. */
public final class BenchReport
{
    private final List<String> head;
    private final List<BenchResult> results;

    /**
     * @param head    lines about command, machine, versions.
     * @param results one for each cell.
     */
    public BenchReport(final List<String> head, final List<BenchResult> results)
    {
        this.head = head;
        this.results = results;
    }

    /**
     * Writes NAME.csv, NAME.json and NAME.md.
     *
     * @param directory that takes the files.
     * @param name      of the files.
     * @param page      in Markdown.
     * @throws IOException if they cannot be written.
     */
    public void write(final Path directory, final String name, final String page) throws IOException
    {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(name + ".csv"), csv());
        Files.writeString(directory.resolve(name + ".json"), json());
        Files.writeString(directory.resolve(name + ".md"), page);
    }

    /**
     * @param title   of the page.
     * @param command that writes it.
     * @return how the page begins: what was measured on what.
     */
    public StringBuilder page(final String title, final String command)
    {
        final StringBuilder page = new StringBuilder("# " + title + "\n\n");
        page.append("Written by `").append(command).append("`; do not edit. ")
            .append("How it is measured: [performance.md](../performance.md).\n\n```\n");
        head.forEach(line -> page.append(line).append('\n'));
        return page.append("```\n\n");
    }

    /**
     * Appends the figures of a row to a table: median, least and most.
     *
     * @param page   takes them.
     * @param row    any cell of it.
     * @param series of the columns.
     */
    public void appendFigures(final StringBuilder page, final BenchCell row, final List<String> series)
    {
        for (final String column : series)
        {
            page.append(' ').append(select(cell -> cell.isSameRow(row) && cell.series().equals(column)).stream()
                .findFirst().map(BenchReport::figure).orElse("")).append(" |");
        }
        page.append('\n');
    }

    /** @param result of a cell. @return <b>median</b> (least – most). */
    public static String figure(final BenchResult result)
    {
        return String.format(
            Locale.ROOT, "**%.1f** (%.1f – %.1f)", result.median(), result.min(), result.max());
    }

    /** @return the first cell of each row, in the order of measuring. */
    public List<BenchCell> rows()
    {
        return results.stream().map(BenchResult::cell)
            .filter(cell -> select(cell::isSameRow).getFirst().cell().equals(cell)).toList();
    }

    /** @param isWanted says which. @return results of these cells. */
    public List<BenchResult> select(final Predicate<BenchCell> isWanted)
    {
        return results.stream().filter(result -> isWanted.test(result.cell())).toList();
    }

    private String csv()
    {
        final List<String> parameters = results.stream().flatMap(result -> result.cell().parameters().keySet().stream())
            .distinct().toList();
        final StringBuilder lines = new StringBuilder("operation,").append(String.join(",", parameters))
            .append(",median_ns,min_ns,max_ns,runs,bytes_per_connection,allocated_bytes\n");
        for (final BenchResult result : results)
        {
            final List<String> values = parameters.stream()
                .map(name -> result.cell().parameters().getOrDefault(name, "")).toList();
            lines.append(String.format(Locale.ROOT, "%s,%s,%.2f,%.2f,%.2f,%d,%.1f,%.3f%n", result.cell().operation(),
                String.join(",", values), result.median(), result.min(), result.max(), result.runs().length,
                result.memoryBytes(), result.allocatedBytes()));
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
            final StringBuilder parameters = new StringBuilder();
            result.cell().parameters().forEach(
                (name, value) -> parameters.append(String.format("\"%s\": \"%s\", ", name, value)));
            text.append(String.format(Locale.ROOT, "    {\"operation\": \"%s\", %s" +
                "\"bytesPerConnection\": %.1f, \"allocatedBytes\": %.3f, \"ns\": [%s]}%s%n",
                result.cell().operation(), parameters, result.memoryBytes(), result.allocatedBytes(), runs,
                i + 1 < results.size() ? "," : ""));
        }
        return text.append("  ]\n}\n").toString();
    }
}
