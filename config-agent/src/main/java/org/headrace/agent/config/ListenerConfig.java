package org.headrace.agent.config;

import org.headrace.protocol.AccessRules;
import org.headrace.protocol.Limits;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.Transport;

import java.util.List;

/**
 * One listener, with its server group resolved.
 *
 * @param name       unique in its instance.
 * @param transport  TCP or UDP.
 * @param port       1 to 65535.
 * @param scheduler  how a connection chooses its server.
 * @param forwarding how packets reach the server.
 * @param timeouts   of idle connections.
 * @param persistence of its clients.
 * @param access     which clients get in.
 * @param limits     of all its addresses together.
 * @param health     how servers are checked.
 * @param servers    in the order of the file.
 */
public record ListenerConfig(
    String name,
    Transport transport,
    int port,
    Scheduler scheduler,
    ForwardingMethod forwarding,
    StateTimeouts timeouts,
    Persistence persistence,
    AccessRules access,
    Limits limits,
    HealthConfig health,
    List<ServerConfig> servers)
{
    public ListenerConfig
    {
        servers = List.copyOf(servers);
    }
}
