package org.headrace.perf.report;

import java.util.List;
import java.util.Locale;

/**
 * One measured value.
 *
 * @param value      in the unit of its figure.
 * @param isDisturbed true if something else took part of the machine meanwhile.
 * @param notes      what was noticed, for the appendix; often empty.
 */
public record Sample(double value, boolean isDisturbed, List<String> notes)
{
    /** Keeps its own list. */
    public Sample
    {
        notes = List.copyOf(notes);
    }

    /** @param value of a quiet run. @return the sample. */
    public static Sample of(final double value)
    {
        return new Sample(value, false, List.of());
    }

    @Override
    public String toString()
    {
        return String.format(Locale.ROOT, "%.3f%s", value, isDisturbed ? " (disturbed)" : "");
    }
}
