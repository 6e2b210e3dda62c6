package org.headrace.agent.publish;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.ServiceKey;

/**
 * One server of one service.
 *
 * @param service that has the server.
 * @param server  who it is.
 */
public record ServerKey(ServiceKey service, Endpoint server)
{
}
