package org.headrace.agent.config;

import org.headrace.agent.health.HealthTarget;
import org.headrace.protocol.Endpoint;

/**
 * How the servers of a listener are checked.
 *
 * @param isChecked          false for {@code type: none}.
 * @param intervalMs         between two checks.
 * @param timeoutMs          of one check.
 * @param healthyThreshold   successes in a row.
 * @param unhealthyThreshold failures in a row.
 */
public record HealthConfig(
    boolean isChecked, long intervalMs, long timeoutMs, int healthyThreshold, int unhealthyThreshold)
{
    /** Checked by TCP, with the default times. */
    public static final HealthConfig TCP = new HealthConfig(true, 5_000, 2_000, 3, 3);
    /** Not checked. */
    public static final HealthConfig NONE = new HealthConfig(false, 5_000, 2_000, 3, 3);

    /**
     * @param server to check.
     * @return what the health checker needs to know.
     */
    public HealthTarget target(final Endpoint server)
    {
        return new HealthTarget(server, intervalMs, timeoutMs, healthyThreshold, unhealthyThreshold);
    }
}
