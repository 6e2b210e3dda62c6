package org.headrace.perf.conntrack;

/**
 * One figure to be measured.
 *
 * @param operation   method of {@link ConntrackBenchmark}.
 * @param store       whose.
 * @param connections in the table.
 * @param batch       handed over at once.
 */
record BenchCell(String operation, String store, int connections, int batch)
{
    /** @return for people: {@code hit headrace 1 M batch 64}. */
    @Override
    public String toString()
    {
        return String.format("%-7s %-20s %5s batch %2d", operation, store, size(connections), batch);
    }

    /** @param connections a power of 1 024, or of 1 000. @return {@code 1 K}, {@code 50 M}. */
    static String size(final int connections)
    {
        if (connections >= 1_000_000)
        {
            return connections / 1_000_000 + " M";
        }
        return connections / 1024 + " K";
    }
}
