package org.headrace.agent.health;

import org.headrace.protocol.Endpoint;

/**
 * A server to check, and how. Equal targets are checked once, however many listeners use them.
 *
 * @param server             who is asked.
 * @param intervalMs         time between two checks.
 * @param timeoutMs          time that one check may take.
 * @param healthyThreshold   successes in a row that make a server that was down up.
 * @param unhealthyThreshold failures in a row that make a server that was up down.
 */
public record HealthTarget(
    Endpoint server, long intervalMs, long timeoutMs, int healthyThreshold, int unhealthyThreshold)
{
}
