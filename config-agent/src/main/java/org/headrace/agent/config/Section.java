package org.headrace.agent.config;

import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One YAML mapping whose keys have been checked. */
final class Section
{
    private final MappingNode node;
    private final String what;
    private final Map<String, Node> values = new HashMap<>();
    private final Map<String, Node> keys = new HashMap<>();
    private final Problems problems;

    private Section(final MappingNode node, final String what, final Problems problems)
    {
        this.node = node;
        this.what = what;
        this.problems = problems;
    }

    /** Returns null, and adds a problem, if the node is no mapping. */
    static Section of(final Node node, final String what, final Problems problems, final List<String> allowed)
    {
        if (!(node instanceof final MappingNode mapping))
        {
            problems.error(node, what + ": expected a mapping with keys " + String.join(", ", allowed) + ", found " +
                Values.describe(node));
            return null;
        }
        if (!problems.take(node, mapping.getValue().size()))
        {
            return null;
        }
        final Section section = new Section(mapping, what, problems);
        for (final NodeTuple tuple : mapping.getValue())
        {
            section.add(tuple.getKeyNode(), tuple.getValueNode(), allowed);
        }
        return section;
    }

    Node node()
    {
        return node;
    }

    /** Returns the value, or null if the key is absent. */
    Node get(final String key)
    {
        return values.get(key);
    }

    /** Returns the key's own node, for problems that are about its presence. */
    Node key(final String key)
    {
        return keys.get(key);
    }

    /** Returns the value, or null with a problem if the key is absent. */
    Node required(final String key)
    {
        final Node value = values.get(key);
        if (value == null)
        {
            problems.error(node, what + " has no " + key);
        }
        return value;
    }

    private void add(final Node keyNode, final Node value, final List<String> allowed)
    {
        final String key = keyNode instanceof final ScalarNode scalar ? scalar.getValue() : null;
        if (key == null || !allowed.contains(key))
        {
            problems.error(keyNode, "unknown key " + (key == null ? Values.describe(keyNode) : Values.quote(key)) +
                " in " + what + " (allowed: " + String.join(", ", allowed) + ")");
            return;
        }
        final Node first = keys.putIfAbsent(key, keyNode);
        if (first != null)
        {
            problems.error(keyNode, "duplicate key " + Values.quote(key) + " in " + what + " (first at " +
                Problems.position(first) + ")");
            return;
        }
        values.put(key, value);
    }
}
