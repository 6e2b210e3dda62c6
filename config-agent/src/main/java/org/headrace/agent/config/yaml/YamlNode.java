package org.headrace.agent.config.yaml;

/** A scalar, a list or a mapping, and where it begins. Aliases make nodes shared, and may have them hold themselves. */
public sealed interface YamlNode permits YamlScalar, YamlList, YamlMapping
{
    /** @return from 1. */
    int line();

    /** @return from 1, in characters of Unicode. */
    int column();
}
