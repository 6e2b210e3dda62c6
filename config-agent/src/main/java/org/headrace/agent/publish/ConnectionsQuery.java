package org.headrace.agent.publish;

import org.headrace.protocol.Endpoint;

/**
 * Which connections are wanted.
 *
 * @param cursor    0 for the first page, else what the last one gave.
 * @param pageSize  1 to 1000.
 * @param transport IP protocol number, 0 for any.
 * @param virtual   service, or {@link Endpoint#NONE}.
 * @param client    client, or {@link Endpoint#NONE}; port 0 for any port.
 */
public record ConnectionsQuery(long cursor, int pageSize, int transport, Endpoint virtual, Endpoint client)
{
}
