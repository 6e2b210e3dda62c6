package org.headrace.perf.generate;

import org.HdrHistogram.AbstractHistogram;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures of a run, once for people and once for machines. */
final class Summary
{
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};
    private static final String[] PERCENTILE_NAMES = {"p50Ns", "p90Ns", "p99Ns", "p999Ns", "p9999Ns"};

    private final List<String> labels = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** Adds a count. */
    Summary count(final String label, final String name, final long value)
    {
        return add(label, String.format(Locale.ROOT, "%,d", value), name, value);
    }

    /** Adds a count that is only worth a line when it is not 0. */
    Summary countIfAny(final String label, final String name, final long value)
    {
        values.put(name, value);
        return value == 0 ? this : count(label, name, value);
    }

    /** Adds a rate per second. */
    Summary rate(final String label, final String name, final double perSecond)
    {
        return add(label, Quantities.perSecond(perSecond), name, Math.round(perSecond * 10) / 10.0);
    }

    /** Adds anything else. */
    Summary add(final String label, final String text, final String name, final Object value)
    {
        labels.add(label);
        texts.add(text);
        values.put(name, value);
        return this;
    }

    /** Adds the usual percentiles of times in nanoseconds, as {@code NAME: {count, p50Ns, ...}}. */
    Summary histogram(final String label, final String name, final AbstractHistogram histogram)
    {
        final Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("count", histogram.getTotalCount());
        for (int i = 0; i < PERCENTILES.length; i++)
        {
            final long value = histogram.getValueAtPercentile(PERCENTILES[i]);
            figures.put(PERCENTILE_NAMES[i], value);
            labels.add(label + " p" + String.format(Locale.ROOT, PERCENTILES[i] % 1 == 0 ? "%.0f" : "%s",
                PERCENTILES[i]));
            texts.add(Quantities.micros(value));
        }
        figures.put("maxNs", histogram.getMaxValue());
        figures.put("meanNs", Math.round(histogram.getTotalCount() == 0 ? 0 : histogram.getMean()));
        labels.add(label + " max");
        texts.add(Quantities.micros(histogram.getMaxValue()));
        values.put(name, figures);
        return this;
    }

    Map<String, Object> values()
    {
        return values;
    }

    String table()
    {
        final int width = labels.stream().mapToInt(String::length).max().orElse(0);
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < labels.size(); i++)
        {
            text.append(labels.get(i)).repeat(' ', width - labels.get(i).length() + 2).append(texts.get(i))
                .append('\n');
        }
        return text.toString();
    }
}
