package org.headrace.agent.config.yaml;

import java.util.List;

/**
 * A sequence.
 *
 * @param line   from 1.
 * @param column from 1.
 * @param items  in the order of the file.
 */
public record YamlList(int line, int column, List<YamlNode> items) implements YamlNode
{
}
