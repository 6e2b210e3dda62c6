package org.headrace.agent.config;

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

    void bandwidth(final Node node)
    {
        if (node != null && values.rate(node, "bandwidth") != null)
        {
            problems.notSupported(node, "bandwidth");
        }
    }
}
