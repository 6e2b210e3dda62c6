package org.headrace.agent.config;

import org.headrace.protocol.IpAddress;
import org.snakeyaml.engine.v2.nodes.Node;

import java.util.List;

/**
 * Options that the file format has and the data plane has not, yet. They are checked like all others, and then refused:
 * an operator who asks for a limit must not get none without a word.
 */
final class NotSupported
{
    private final Problems problems;
    private final Values values;

    NotSupported(final Problems problems)
    {
        this.problems = problems;
        this.values = new Values(problems);
    }

    void limits(final Node node)
    {
        final List<String> keys = List.of("connections", "new-connections-per-second", "queries-per-second");
        final Section section = node == null ? null : Section.of(node, "limits", problems, keys);
        if (section != null)
        {
            keys.stream().filter(key -> section.get(key) != null)
                .forEach(key -> values.integer(section.get(key), key, 1, Integer.MAX_VALUE));
            problems.notSupported(node, "limits");
        }
    }

    void spec(final Node node)
    {
        if (node != null && values.integer(node, "spec", 1, 6) != null)
        {
            problems.notSupported(node, "spec");
        }
    }

    void access(final Node node)
    {
        final Section section =
            node == null ? null : Section.of(node, "access", problems, List.of("mode", "ranges"));
        if (section == null)
        {
            return;
        }
        final Node mode = section.required("mode");
        if (mode != null)
        {
            values.oneOf(mode, "mode", List.of("allow", "deny"), List.of());
        }
        final List<Node> ranges = section.get("ranges") == null ? null : values.list(section.get("ranges"), "ranges");
        if (ranges != null)
        {
            ranges.forEach(this::range);
        }
        problems.notSupported(node, "access");
    }

    void bandwidth(final Node node)
    {
        if (node != null && values.rate(node, "bandwidth") != null)
        {
            problems.notSupported(node, "bandwidth");
        }
    }

    private void range(final Node node)
    {
        final String text = values.text(node, "range");
        if (text == null)
        {
            return;
        }
        final int slash = text.indexOf('/');
        final IpAddress address = Values.parseAddress(slash < 0 ? text : text.substring(0, slash));
        final String prefix = slash < 0 ? "0" : text.substring(slash + 1);
        final int maxPrefix = address != null && address.isIpv4() ? 32 : 128;
        if (address == null || !prefix.matches("[0-9]{1,3}") || Integer.parseInt(prefix) > maxPrefix)
        {
            problems.error(node, "range=" + Values.quote(text) + " is neither an address nor ADDRESS/PREFIX");
        }
    }
}
