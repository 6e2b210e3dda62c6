package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlMapping;
import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.agent.config.yaml.YamlScalar;

import java.util.List;

/** One YAML mapping whose keys have been checked. */
final class Section
{
    private final YamlMapping node;
    private final String what;
    private final List<String> allowed;
    private final YamlMapping.Entry[] entries;
    private final Problems problems;

    private Section(
        final YamlMapping node, final String what, final List<String> allowed, final Problems problems)
    {
        this.node = node;
        this.what = what;
        this.allowed = allowed;
        this.entries = new YamlMapping.Entry[allowed.size()];
        this.problems = problems;
    }

    /** Returns null, and adds a problem, if the node is no mapping. */
    static Section of(final YamlNode node, final String what, final Problems problems, final List<String> allowed)
    {
        if (!(node instanceof final YamlMapping mapping))
        {
            problems.error(node, what + ": expected a mapping with keys " + String.join(", ", allowed) + ", found " +
                Values.describe(node));
            return null;
        }
        if (!problems.take(node, mapping.entries().size()))
        {
            return null;
        }
        final Section section = new Section(mapping, what, allowed, problems);
        mapping.entries().forEach(section::add);
        return section;
    }

    YamlNode node()
    {
        return node;
    }

    /** Returns the value, or null if the key is absent. */
    YamlNode get(final String key)
    {
        final YamlMapping.Entry entry = entries[allowed.indexOf(key)];
        return entry == null ? null : entry.value();
    }

    /** Returns the key's own node, for problems that are about its presence. */
    YamlNode key(final String key)
    {
        final YamlMapping.Entry entry = entries[allowed.indexOf(key)];
        return entry == null ? null : entry.key();
    }

    /** Returns the value, or null with a problem if the key is absent. */
    YamlNode required(final String key)
    {
        final YamlNode value = get(key);
        if (value == null)
        {
            problems.error(node, what + " has no " + key);
        }
        return value;
    }

    private void add(final YamlMapping.Entry entry)
    {
        final YamlNode keyNode = entry.key();
        final String key = keyNode instanceof final YamlScalar scalar ? scalar.text() : null;
        final int place = allowed.indexOf(key == null ? "" : key);
        if (place < 0)
        {
            problems.error(keyNode, "unknown key " + (key == null ? Values.describe(keyNode) : Values.quote(key)) +
                " in " + what + " (allowed: " + String.join(", ", allowed) + ")");
            return;
        }
        if (entries[place] != null)
        {
            problems.error(keyNode, "duplicate key " + Values.quote(key) + " in " + what + " (first at " +
                Problems.position(entries[place].key()) + ")");
            return;
        }
        entries[place] = entry;
    }
}
