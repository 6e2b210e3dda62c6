package org.headrace.agent.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and rates as the configuration and the command line write them. */
public final class Units
{
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");
    private static final Pattern RATE = Pattern.compile("([0-9]{1,9})(kbps|Mbps|Gbps)");

    private Units()
    {
    }

    /** @param text a number with its unit: ms, s, m or h. @return milliseconds, or -1 if the text is no time. */
    public static long parseDurationMs(final String text)
    {
        final Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches())
        {
            return -1;
        }
        final long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2))
        {
            case "ms" -> number;
            case "s" -> number * 1_000;
            case "m" -> number * 60_000;
            default -> number * 3_600_000;
        };
    }

    /** Returns -1 if the text is no rate. */
    static long parseRateKbps(final String text)
    {
        final Matcher matcher = RATE.matcher(text);
        if (!matcher.matches())
        {
            return -1;
        }
        final long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2))
        {
            case "kbps" -> number;
            case "Mbps" -> number * 1_000;
            default -> number * 1_000_000;
        };
    }

    static String formatMs(final long ms)
    {
        if (ms % 3_600_000 == 0 && ms != 0)
        {
            return ms / 3_600_000 + "h";
        }
        return ms % 1_000 == 0 ? ms / 1_000 + "s" : ms + "ms";
    }
}
