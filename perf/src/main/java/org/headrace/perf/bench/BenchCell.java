package org.headrace.perf.bench;

import java.util.SequencedMap;

/**
 * One figure to be measured.
 *
 * @param method     of the JMH benchmark.
 * @param operation  what is done, for people: a row of the table.
 * @param series     by whom: a column of the table, a line of a plot.
 * @param size       connections or flows: the x-axis of a plot.
 * @param parameters of the JMH benchmark; columns of the CSV file.
 */
public record BenchCell(
    String method, String operation, String series, int size, SequencedMap<String, String> parameters)
{
    /** @return for people: {@code hit headrace 1 M batch 64}. */
    @Override
    public String toString()
    {
        final String batch = parameters.containsKey("batch") ? " batch " + parameters.get("batch") : "";
        return String.format("%-9s %-20s %5s%s", operation, series, size(size), batch);
    }

    /** @param other cell. @return true if they differ in the series only. */
    public boolean isSameRow(final BenchCell other)
    {
        return operation.equals(other.operation) && size == other.size &&
            parameters.getOrDefault("batch", "").equals(other.parameters.getOrDefault("batch", ""));
    }

    /** @param size a power of 1 024, or of 1 000. @return {@code 1 K}, {@code 50 M}. */
    public static String size(final int size)
    {
        if (size >= 1_000_000)
        {
            return size / 1_000_000 + " M";
        }
        return size / 1024 + " K";
    }
}
