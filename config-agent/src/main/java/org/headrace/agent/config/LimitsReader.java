package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.protocol.Limits;

import java.util.List;

/** Reads {@code limits} of a listener or an instance, and the {@code spec} of an instance. */
final class LimitsReader
{
    private static final String CONNECTIONS = "connections";
    private static final String NEW_CONNECTIONS = "new-connections-per-second";
    private static final String QUERIES = "queries-per-second";

    /** What the specifications 1 to 6 stand for; their queries per second are a matter of HTTP listeners. */
    private static final List<Limits> SPECS = List.of(
        new Limits(5_000, 3_000), new Limits(50_000, 5_000), new Limits(100_000, 10_000),
        new Limits(200_000, 20_000), new Limits(500_000, 50_000), new Limits(1_000_000, 100_000));

    private final Problems problems;
    private final Values values;

    LimitsReader(final Problems problems)
    {
        this.problems = problems;
        this.values = new Values(problems);
    }

    /** Returns null, having added a problem, if the section cannot be used. */
    Limits limits(final YamlNode node)
    {
        if (node == null)
        {
            return Limits.NONE;
        }
        final Section section =
            Section.of(node, "limits", problems, List.of(CONNECTIONS, NEW_CONNECTIONS, QUERIES));
        if (section == null)
        {
            return null;
        }
        if (section.get(QUERIES) != null && number(section, QUERIES) != null)
        {
            problems.notSupported(section.get(QUERIES), QUERIES);
        }
        final Integer connections = number(section, CONNECTIONS);
        final Integer newConnections = number(section, NEW_CONNECTIONS);
        return connections == null || newConnections == null ? null : new Limits(connections, newConnections);
    }

    /** Returns null, having added a problem, if the number cannot be used. */
    Limits spec(final YamlNode node)
    {
        if (node == null)
        {
            return Limits.NONE;
        }
        final Integer number = values.integer(node, "spec", 1, SPECS.size());
        return number == null ? null : SPECS.get(number - 1);
    }

    /** Returns 0 if there is none. */
    private Integer number(final Section section, final String key)
    {
        return section.get(key) == null ? (Integer)0 : values.integer(section.get(key), key, 1, Integer.MAX_VALUE);
    }
}
