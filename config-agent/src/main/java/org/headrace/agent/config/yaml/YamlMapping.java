package org.headrace.agent.config.yaml;

import java.util.List;

/**
 * Keys and their values; keys may be anything, and may stand twice.
 *
 * @param line    from 1.
 * @param column  from 1.
 * @param entries in the order of the file.
 */
public record YamlMapping(int line, int column, List<Entry> entries) implements YamlNode
{
    /**
     * @param key   usually a scalar.
     * @param value of the key.
     */
    public record Entry(YamlNode key, YamlNode value)
    {
    }
}
