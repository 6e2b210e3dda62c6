package org.headrace.agent.config;

import org.headrace.protocol.Endpoint;

/**
 * One server of a listener.
 *
 * @param endpoint who it is.
 * @param weight   0 to 65535; 0 takes no new connections.
 */
public record ServerConfig(Endpoint endpoint, int weight)
{
    /** Highest weight. */
    public static final int MAX_WEIGHT = 65_535;
}
