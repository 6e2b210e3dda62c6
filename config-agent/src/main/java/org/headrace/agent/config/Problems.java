package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlNode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file. */
final class Problems
{
    /** Enough for any person; a hostile file must not fill the memory with complaints. */
    static final int MAX_PROBLEMS = 1_000;

    /** Most items of lists and mappings, aliases expanded: a small file must not multiply itself by them. */
    static final int MAX_ITEMS = 2_000_000;

    private final String file;
    private final List<Problem> list = new ArrayList<>();
    private boolean hasErrors;
    private long items;

    Problems(final String file)
    {
        this.file = file;
    }

    void error(final YamlNode node, final String message)
    {
        error(node.line(), node.column(), message);
    }

    void error(final int line, final int column, final String message)
    {
        hasErrors = true;
        add(new Problem(file, line, column, false, message));
    }

    void warning(final YamlNode node, final String message)
    {
        add(new Problem(file, node.line(), node.column(), true, message));
    }

    void notSupported(final YamlNode node, final String what)
    {
        error(node, what + " is not supported by this version");
    }

    /** Counts items that are about to be read; returns false, with a problem, if the file has too many. */
    boolean take(final YamlNode node, final int count)
    {
        final boolean isFirst = items <= MAX_ITEMS;
        items += count;
        if (items > MAX_ITEMS && isFirst)
        {
            error(node, "items=" + items + " > MAX_ITEMS=" + MAX_ITEMS + " in lists and mappings, aliases expanded");
        }
        return items <= MAX_ITEMS;
    }

    boolean hasErrors()
    {
        return hasErrors;
    }

    /** Where a node stands, for messages that point to a second place. */
    static String position(final YamlNode node)
    {
        return node.line() + ":" + node.column();
    }

    List<Problem> sorted()
    {
        final List<Problem> sorted = new ArrayList<>(list);
        sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        return List.copyOf(sorted);
    }

    private void add(final Problem problem)
    {
        if (list.size() < MAX_PROBLEMS)
        {
            list.add(problem);
        }
    }
}
