package org.headrace.agent.publish;

import org.headrace.protocol.ConnectionFilter;

/**
 * Which page of connections is wanted.
 *
 * @param cursor   0 for the first page, else what the last one gave.
 * @param pageSize 1 to 1000, or 0 to count them only.
 * @param filter   which connections.
 */
public record ConnectionsQuery(long cursor, int pageSize, ConnectionFilter filter)
{
}
