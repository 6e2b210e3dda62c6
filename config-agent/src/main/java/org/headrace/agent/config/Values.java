package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlList;
import org.headrace.agent.config.yaml.YamlMapping;
import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.agent.config.yaml.YamlScalar;
import org.headrace.protocol.IpAddress;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads scalars and lists. Every method returns null, having added a problem, if the node does not hold what is asked
 * for.
 */
final class Values
{
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/._-]{1,80}");
    private static final int MAX_QUOTED_LENGTH = 60;
    private static final int MAX_DIGITS = 18;

    private final Problems problems;

    Values(final Problems problems)
    {
        this.problems = problems;
    }

    String text(final YamlNode node, final String what)
    {
        if (!(node instanceof final YamlScalar scalar) || scalar.isForeign())
        {
            problems.error(node, what + ": expected text, found " + describe(node));
            return null;
        }
        if (scalar.isNothing())
        {
            problems.error(node, what + " has no value");
            return null;
        }
        return scalar.text();
    }

    Integer integer(final YamlNode node, final String key, final int min, final int max)
    {
        final String text = node instanceof YamlScalar ? text(node, key) : null;
        if (text == null || !isNumber(text))
        {
            if (text != null || !(node instanceof YamlScalar))
            {
                problems.error(node, key + ": expected a whole number " + min + ".." + max + ", found " +
                    (text == null ? describe(node) : quote(text)));
            }
            return null;
        }
        final long value = Long.parseLong(text);
        if (value < min || value > max)
        {
            outOfRange(node, key + "=" + text, key, value < min, Long.toString(min), Long.toString(max));
            return null;
        }
        return (int)value;
    }

    Boolean bool(final YamlNode node, final String key)
    {
        final String text = text(node, key);
        if (text != null && !"true".equals(text) && !"false".equals(text))
        {
            problems.error(node, key + "=" + quote(text) + " is neither true nor false");
            return null;
        }
        return text == null ? null : (Boolean)"true".equals(text);
    }

    /** Returns milliseconds. */
    Long duration(final YamlNode node, final String key, final long minMs, final long maxMs)
    {
        final String text = text(node, key);
        if (text == null)
        {
            return null;
        }
        final long valueMs = Units.parseDurationMs(text);
        if (valueMs < 0)
        {
            problems.error(node, key + "=" + quote(text) + " is not a time: a whole number with one of the units ms, " +
                "s, m, h (allowed " + Units.formatMs(minMs) + ".." + Units.formatMs(maxMs) + ")");
            return null;
        }
        if (valueMs < minMs || valueMs > maxMs)
        {
            outOfRange(
                node, key + "=" + text, key, valueMs < minMs, Units.formatMs(minMs), Units.formatMs(maxMs));
            return null;
        }
        return valueMs;
    }

    /** Returns kilobits per second. */
    Long rate(final YamlNode node, final String key)
    {
        final String text = text(node, key);
        if (text == null)
        {
            return null;
        }
        final long kbps = Units.parseRateKbps(text);
        if (kbps <= 0)
        {
            problems.error(node, key + "=" + quote(text) +
                " is not a rate: a whole number above 0 with one of the units kbps, Mbps, Gbps");
            return null;
        }
        return kbps;
    }

    String oneOf(final YamlNode node, final String key, final List<String> supported, final List<String> notYet)
    {
        final String text = text(node, key);
        if (text == null || supported.contains(text))
        {
            return text;
        }
        if (notYet.contains(text))
        {
            problems.notSupported(node, key + "=" + text);
        }
        else
        {
            problems.error(node, key + "=" + quote(text) + " is none of " + String.join(", ", supported));
        }
        return null;
    }

    String name(final YamlNode node, final String what)
    {
        final String text = text(node, what);
        if (text != null && !NAME.matcher(text).matches())
        {
            problems.error(node, what + "=" + quote(text) + " of length " + text.length() +
                " is not 1..80 letters, digits and - / . _");
            return null;
        }
        return text;
    }

    IpAddress address(final YamlNode node, final String what)
    {
        final String text = text(node, what);
        if (text == null)
        {
            return null;
        }
        final IpAddress address = AddressText.parse(text);
        if (address == null)
        {
            problems.error(node, what + "=" + quote(text) + " is neither an IPv4 nor an IPv6 address");
            return null;
        }
        final String kind = AddressText.unfitKind(address);
        if (kind != null)
        {
            problems.error(node, what + "=" + text + " is " + kind + " (expected a unicast address)");
            return null;
        }
        return address;
    }

    List<YamlNode> list(final YamlNode node, final String what)
    {
        if (node instanceof final YamlList sequence)
        {
            return problems.take(node, sequence.items().size()) ? sequence.items() : null;
        }
        problems.error(node, what + ": expected a list, found " + describe(node));
        return null;
    }

    static String describe(final YamlNode node)
    {
        return switch (node)
        {
            case final YamlMapping _ -> "a mapping";
            case final YamlList _ -> "a list";
            case final YamlScalar scalar when scalar.isNothing() -> "nothing";
            case final YamlScalar scalar when scalar.isForeign() -> "a value with tag " + quote(scalar.tag());
            case final YamlScalar scalar -> quote(scalar.text());
        };
    }

    /** Text from the file as it may stand in a message: short, and without control characters. */
    static String quote(final String text)
    {
        final String shortened =
            text.length() <= MAX_QUOTED_LENGTH ? text : text.substring(0, MAX_QUOTED_LENGTH) + "...";
        final StringBuilder quoted = new StringBuilder(shortened.length() + 2).append('"');
        shortened.codePoints().forEach(c -> quoted.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return quoted.append('"').toString();
    }

    /** A sign or none, and digits that fit into a long. */
    private static boolean isNumber(final String text)
    {
        final int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        for (int i = start; i < text.length(); i++)
        {
            if (text.charAt(i) < '0' || text.charAt(i) > '9')
            {
                return false;
            }
        }
        return text.length() > start && text.length() - start <= MAX_DIGITS;
    }

    private void outOfRange(
        final YamlNode node,
        final String text,
        final String key,
        final boolean isTooSmall,
        final String minText,
        final String maxText)
    {
        final String constant = key.toUpperCase(Locale.ROOT).replace('-', '_');
        problems.error(node, text +
            (isTooSmall ? " < MIN_" + constant + "=" + minText : " > MAX_" + constant + "=" + maxText) +
            " (allowed " + minText + ".." + maxText + ")");
    }
}
