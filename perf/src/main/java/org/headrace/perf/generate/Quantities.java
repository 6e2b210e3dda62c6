package org.headrace.perf.generate;

import org.headrace.agent.config.Units;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers and times as people write them: {@code 250k}, {@code 1.5M}, {@code 10s}. */
final class Quantities
{
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,6})?)([kKmMgG]?)");

    private Quantities()
    {
    }

    /** Returns a whole number from the smallest to the largest allowed; k, M and G are powers of 1000. */
    static long number(final String text, final long min, final long max)
    {
        final Matcher matcher = NUMBER.matcher(text);
        if (!matcher.matches())
        {
            throw new IllegalArgumentException("'" + text + "' is no number (as in 5000, 250k, 1.5M)");
        }
        final double unit = switch (matcher.group(2).toLowerCase(Locale.ROOT))
        {
            case "k" -> 1e3;
            case "m" -> 1e6;
            case "g" -> 1e9;
            default -> 1;
        };
        final double value = Double.parseDouble(matcher.group(1)) * unit;
        if (value < min || value > max)
        {
            throw new IllegalArgumentException("'" + text + "' is outside of " + min + ".." + max);
        }
        return Math.round(value);
    }

    static Duration duration(final String text)
    {
        final long millis = text.equals("0") ? 0 : Units.parseDurationMs(text);
        if (millis < 0)
        {
            throw new IllegalArgumentException("'" + text + "' is no time (as in 500ms, 5s, 1m)");
        }
        return Duration.ofMillis(millis);
    }

    static double seconds(final long ns)
    {
        return ns / 1e9;
    }

    /** Returns a rate per second in three figures or so: 1.234 M, 56.7 k, 890. */
    static String perSecond(final double rate)
    {
        if (rate >= 1e6)
        {
            return String.format(Locale.ROOT, "%.3f M/s", rate / 1e6);
        }
        return rate >= 1e4 ? String.format(Locale.ROOT, "%.1f k/s", rate / 1e3) :
            String.format(Locale.ROOT, "%.0f /s", rate);
    }

    static String micros(final long ns)
    {
        return String.format(Locale.ROOT, "%,.1f µs", ns / 1e3);
    }
}
