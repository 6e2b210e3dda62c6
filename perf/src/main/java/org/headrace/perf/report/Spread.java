package org.headrace.perf.report;

import java.util.List;
import java.util.function.Predicate;

/**
 * What several runs of the same come to. A disturbed run counts only if there is no other.
 *
 * @param median      of the runs that count; of an even number the mean of the middle two.
 * @param least       of the runs that count.
 * @param most        of the runs that count.
 * @param runs        how many count.
 * @param disturbed   how many of all were disturbed.
 * @param isDisturbed true if the runs that count are disturbed ones.
 */
public record Spread(double median, double least, double most, int runs, int disturbed, boolean isDisturbed)
{
    /**
     * @param samples at least one.
     * @return their spread.
     * @throws IllegalArgumentException if there is none.
     */
    public static Spread of(final List<Sample> samples)
    {
        if (samples.isEmpty())
        {
            throw new IllegalArgumentException("samples=0 (expected: 1 or more)");
        }
        final List<Sample> quiet = samples.stream().filter(Predicate.not(Sample::isDisturbed)).toList();
        final double[] sorted = (quiet.isEmpty() ? samples : quiet).stream().mapToDouble(Sample::value).sorted()
            .toArray();
        return new Spread(median(sorted), sorted[0], sorted[sorted.length - 1], sorted.length,
            samples.size() - quiet.size(), quiet.isEmpty());
    }

    /** @param other what this is compared with. @return this median as a multiple of the other. */
    public double ratioTo(final Spread other)
    {
        return median / other.median;
    }

    /** @return distance of least and most, as a share of the median; 0 for a median of 0. */
    public double relativeWidth()
    {
        return median == 0 ? 0 : (most - least) / median;
    }

    private static double median(final double[] sorted)
    {
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
