package org.headrace.agent.config;


import org.headrace.agent.config.yaml.YamlNode;

import java.util.List;

/** Reads a section {@code health}. */
final class HealthReader
{
    private static final long MIN_INTERVAL_MS = 1_000;
    private static final long MAX_INTERVAL_MS = 300_000;
    private static final long MIN_TIMEOUT_MS = 2_000;
    private static final long MAX_TIMEOUT_MS = 60_000;
    private static final int MAX_THRESHOLD = 10;

    private final Problems problems;
    private final Values values;

    HealthReader(final Problems problems)
    {
        this.problems = problems;
        this.values = new Values(problems);
    }

    /** Returns null, having added a problem, if the section cannot be used. */
    HealthConfig read(final YamlNode node)
    {
        final Section section =
            Section.of(node, "health", problems, List.of("type", "interval", "timeout", "healthy", "unhealthy"));
        if (section == null)
        {
            return null;
        }
        final HealthConfig defaults = HealthConfig.TCP;
        final YamlNode typeNode = section.get("type");
        final String type = typeNode == null ? "tcp" :
            values.oneOf(typeNode, "type", List.of("none", "tcp"), List.of("http", "udp"));
        final Long intervalMs =
            duration(section, "interval", MIN_INTERVAL_MS, MAX_INTERVAL_MS, defaults.intervalMs());
        final Long timeoutMs = duration(section, "timeout", MIN_TIMEOUT_MS, MAX_TIMEOUT_MS, defaults.timeoutMs());
        final Integer healthy = threshold(section, "healthy", defaults.healthyThreshold());
        final Integer unhealthy = threshold(section, "unhealthy", defaults.unhealthyThreshold());
        if (type == null || intervalMs == null || timeoutMs == null || healthy == null || unhealthy == null)
        {
            return null;
        }
        return new HealthConfig("tcp".equals(type), intervalMs, timeoutMs, healthy, unhealthy);
    }

    private Long duration(
        final Section section, final String key, final long minMs, final long maxMs, final long defaultMs)
    {
        final YamlNode node = section.get(key);
        return node == null ? (Long)defaultMs : values.duration(node, key, minMs, maxMs);
    }

    private Integer threshold(final Section section, final String key, final int defaultValue)
    {
        final YamlNode node = section.get(key);
        return node == null ? (Integer)defaultValue : values.integer(node, key, 1, MAX_THRESHOLD);
    }
}
