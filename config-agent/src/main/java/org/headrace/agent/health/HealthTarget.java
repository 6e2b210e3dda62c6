package org.headrace.agent.health;

import org.headrace.protocol.Endpoint;

/**
 * A server and how to probe it. All numbers are at least 1.
 *
 * @param server             address and port to connect to.
 * @param intervalMs         from the start of one probe to that of the next.
 * @param timeoutMs          after which a probe has failed.
 * @param healthyThreshold   successes in a row that bring a server up again; the first ever needs one only.
 * @param unhealthyThreshold failures in a row that take a server down.
 */
public record HealthTarget(
    Endpoint server, long intervalMs, long timeoutMs, int healthyThreshold, int unhealthyThreshold)
{
}
