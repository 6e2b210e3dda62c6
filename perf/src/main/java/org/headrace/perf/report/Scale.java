package org.headrace.perf.report;

import java.util.Locale;

/**
 * The numbers along an axis that begins with 0.
 *
 * @param top  greatest value shown.
 * @param step between two marks: 1, 2 or 5 times a power of ten.
 */
record Scale(double top, double step)
{
    private static final int MARKS = 6;
    private static final double[] STEPS = {1, 2, 5, 10};

    /** @param most value to be shown, more than 0. @return an axis of about six marks that it fits on. */
    static Scale upTo(final double most)
    {
        final double raw = most / MARKS;
        final double decade = Math.pow(10, Math.floor(Math.log10(raw)));
        for (final double factor : STEPS)
        {
            if (factor * decade >= raw)
            {
                final double step = factor * decade;
                return new Scale(Math.ceil(most / step) * step, step);
            }
        }
        throw new IllegalArgumentException("most=" + most + " (expected: a positive number)");
    }

    int marks()
    {
        return (int)Math.round(top / step);
    }

    /** Text of a value with as many decimals as the step needs. */
    String text(final double value)
    {
        final int decimals = Math.max(0, (int)-Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
