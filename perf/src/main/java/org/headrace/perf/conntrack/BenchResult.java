package org.headrace.perf.conntrack;

import java.util.Arrays;

/**
 * What was measured.
 *
 * @param cell               of which.
 * @param runs               nanoseconds for each operation, in the order of measuring.
 * @param bytesPerConnection of memory; 0 if that was not measured.
 */
record BenchResult(BenchCell cell, double[] runs, double bytesPerConnection)
{
    double median()
    {
        final double[] sorted = sorted();
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double min()
    {
        return sorted()[0];
    }

    double max()
    {
        return sorted()[runs.length - 1];
    }

    private double[] sorted()
    {
        final double[] sorted = runs.clone();
        Arrays.sort(sorted);
        return sorted;
    }
}
