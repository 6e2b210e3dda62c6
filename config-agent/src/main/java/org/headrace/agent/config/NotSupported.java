package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlNode;

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

    void bandwidth(final YamlNode node)
    {
        if (node != null && values.rate(node, "bandwidth") != null)
        {
            problems.notSupported(node, "bandwidth");
        }
    }
}
