package org.headrace.protocol;

import org.headrace.protocol.codec.Transport;

/**
 * One connection as the data plane reports it.
 *
 * @param transport  TCP or UDP.
 * @param client     who connected.
 * @param virtual    where the client connected.
 * @param local      our end towards the server with FULLNAT, else {@link Endpoint#NONE}.
 * @param server     who serves it.
 * @param state      code of the connection's state.
 * @param stateName  name of the state.
 * @param worker     number of the worker that owns it.
 * @param expiresMs  time until it expires if no packet comes.
 * @param inPackets  packets from the client.
 * @param outPackets packets to the client.
 * @param inBytes    bytes from the client.
 * @param outBytes   bytes to the client.
 */
public record ConnectionSnapshot(
    Transport transport,
    Endpoint client,
    Endpoint virtual,
    Endpoint local,
    Endpoint server,
    int state,
    String stateName,
    int worker,
    long expiresMs,
    long inPackets,
    long outPackets,
    long inBytes,
    long outBytes)
{
}
