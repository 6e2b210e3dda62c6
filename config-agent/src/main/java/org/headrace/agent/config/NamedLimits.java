package org.headrace.agent.config;

import org.headrace.protocol.Limits;

/**
 * Limits that all services of a listener, or of an instance, share.
 *
 * @param name   of the instance, or {@code instance:listener}.
 * @param limits not none.
 */
public record NamedLimits(String name, Limits limits)
{
}
