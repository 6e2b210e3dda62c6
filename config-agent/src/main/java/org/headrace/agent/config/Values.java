package org.headrace.agent.config;

import org.headrace.protocol.IpAddress;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads scalars and lists. Every method returns null, having added a problem, if the node does not hold what is asked
 * for.
 */
final class Values
{
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,18}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/._-]{1,80}");
    private static final Pattern IPV4 = Pattern.compile(
        "(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final int MAX_QUOTED_LENGTH = 60;

    private final Problems problems;

    Values(final Problems problems)
    {
        this.problems = problems;
    }

    String text(final Node node, final String what)
    {
        if (!(node instanceof final ScalarNode scalar) || !isCoreTag(node))
        {
            problems.error(node, what + ": expected text, found " + describe(node));
            return null;
        }
        if (Tag.NULL.equals(node.getTag()) && scalar.isPlain())
        {
            problems.error(node, what + " has no value");
            return null;
        }
        return scalar.getValue();
    }

    Integer integer(final Node node, final String key, final int min, final int max)
    {
        final String text = node instanceof ScalarNode ? text(node, key) : null;
        if (text == null || !NUMBER.matcher(text).matches())
        {
            if (text != null || !(node instanceof ScalarNode))
            {
                problems.error(node, key + ": expected a whole number " + min + ".." + max + ", found " +
                    (text == null ? describe(node) : quote(text)));
            }
            return null;
        }
        final long value = Long.parseLong(text);
        return isInRange(node, key, value, min, max, Long.toString(min), Long.toString(max), text) ?
            (Integer)(int)value : null;
    }

    Boolean bool(final Node node, final String key)
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
    Long duration(final Node node, final String key, final long minMs, final long maxMs)
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
        return isInRange(node, key, valueMs, minMs, maxMs, Units.formatMs(minMs), Units.formatMs(maxMs), text) ?
            (Long)valueMs : null;
    }

    /** Returns kilobits per second. */
    Long rate(final Node node, final String key)
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

    String oneOf(final Node node, final String key, final List<String> supported, final List<String> notYet)
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

    String name(final Node node, final String what)
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

    IpAddress address(final Node node, final String what)
    {
        final String text = text(node, what);
        if (text == null)
        {
            return null;
        }
        final IpAddress address = parseAddress(text);
        if (address == null)
        {
            problems.error(node, what + "=" + quote(text) + " is neither an IPv4 nor an IPv6 address");
            return null;
        }
        final InetAddress inet = address.toInetAddress();
        final String kind = inet.isAnyLocalAddress() ? "the unspecified address" :
            inet.isMulticastAddress() ? "a multicast address" :
            inet.isLoopbackAddress() ? "a loopback address" :
            inet.isLinkLocalAddress() && !address.isIpv4() ? "a link-local address" :
            address.isIpv4() && (address.ipv4() >>> 24 == 0 || address.ipv4() >>> 28 == 15) ? "a reserved address" :
            null;
        if (kind != null)
        {
            problems.error(node, what + "=" + text + " is " + kind + " (expected a unicast address)");
            return null;
        }
        return address;
    }

    List<Node> list(final Node node, final String what)
    {
        if (node instanceof final SequenceNode sequence)
        {
            return problems.take(node, sequence.getValue().size()) ? sequence.getValue() : null;
        }
        problems.error(node, what + ": expected a list, found " + describe(node));
        return null;
    }

    static IpAddress parseAddress(final String text)
    {
        final boolean isText = text.indexOf(':') < 0 ? IPV4.matcher(text).matches() : IPV6.matcher(text).matches();
        try
        {
            return isText ? IpAddress.parse(text) : null;
        }
        catch (final IllegalArgumentException ex)
        {
            return null;
        }
    }

    static String describe(final Node node)
    {
        return switch (node)
        {
            case final MappingNode _ -> "a mapping";
            case final SequenceNode _ -> "a list";
            case final ScalarNode scalar when Tag.NULL.equals(scalar.getTag()) -> "nothing";
            case final ScalarNode scalar when !isCoreTag(scalar) ->
                "a value with tag " + quote(scalar.getTag().getValue());
            case final ScalarNode scalar -> quote(scalar.getValue());
            default -> "something else";
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

    private static boolean isCoreTag(final Node node)
    {
        final Tag tag = node.getTag();
        return Tag.STR.equals(tag) || Tag.INT.equals(tag) || Tag.FLOAT.equals(tag) || Tag.BOOL.equals(tag) ||
            Tag.NULL.equals(tag);
    }

    private boolean isInRange(
        final Node node,
        final String key,
        final long value,
        final long min,
        final long max,
        final String minText,
        final String maxText,
        final String text)
    {
        if (value >= min && value <= max)
        {
            return true;
        }
        final String constant = key.toUpperCase(Locale.ROOT).replace('-', '_');
        problems.error(node, key + "=" + text +
            (value < min ? " < MIN_" + constant + "=" + minText : " > MAX_" + constant + "=" + maxText) +
            " (allowed " + minText + ".." + maxText + ")");
        return false;
    }
}
