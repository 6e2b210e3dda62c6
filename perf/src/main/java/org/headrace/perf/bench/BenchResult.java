package org.headrace.perf.bench;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * What was measured.
 *
 * @param cell           of which.
 * @param runs           nanoseconds for each operation, in the order of measuring.
 * @param memoryBytes    for each connection; 0 if that was not measured.
 * @param allocatedBytes on the heap for each operation.
 */
public record BenchResult(BenchCell cell, double[] runs, double memoryBytes, double allocatedBytes)
{
    /** @return of the runs. */
    public double median()
    {
        final double[] sorted = sorted();
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** @return least of the runs. */
    public double min()
    {
        return sorted()[0];
    }

    /** @return most of the runs. */
    public double max()
    {
        return sorted()[runs.length - 1];
    }

    /** @param other result of the same cell. @return both. */
    BenchResult join(final BenchResult other)
    {
        return new BenchResult(cell, DoubleStream.concat(DoubleStream.of(runs), DoubleStream.of(other.runs)).toArray(),
            Math.min(memoryBytes, other.memoryBytes), Math.max(allocatedBytes, other.allocatedBytes));
    }

    private double[] sorted()
    {
        final double[] sorted = runs.clone();
        Arrays.sort(sorted);
        return sorted;
    }
}
