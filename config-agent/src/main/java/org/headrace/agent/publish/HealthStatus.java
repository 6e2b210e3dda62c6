package org.headrace.agent.publish;

/**
 * What the health check last said of a server.
 *
 * @param isUp    its state.
 * @param reason  of the last change.
 * @param sinceMs of the last change, milliseconds since 1970.
 */
public record HealthStatus(boolean isUp, String reason, long sinceMs)
{
}
