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
 * @param state      of the connection.
 * @param worker     number of the worker that owns it.
 * @param idleMs     time since its last packet.
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
    ConnectionState state,
    int worker,
    long idleMs,
    long expiresMs,
    long inPackets,
    long outPackets,
    long inBytes,
    long outBytes) implements ConnectionView
{
    @Override
    public int transportNumber()
    {
        return transport.value();
    }

    @Override
    public long clientHigh()
    {
        return client.address().high();
    }

    @Override
    public long clientLow()
    {
        return client.address().low();
    }

    @Override
    public int clientPort()
    {
        return client.port();
    }

    @Override
    public long virtualHigh()
    {
        return virtual.address().high();
    }

    @Override
    public long virtualLow()
    {
        return virtual.address().low();
    }

    @Override
    public int virtualPort()
    {
        return virtual.port();
    }

    @Override
    public long localHigh()
    {
        return local.address().high();
    }

    @Override
    public long localLow()
    {
        return local.address().low();
    }

    @Override
    public int localPort()
    {
        return local.port();
    }

    @Override
    public long serverHigh()
    {
        return server.address().high();
    }

    @Override
    public long serverLow()
    {
        return server.address().low();
    }

    @Override
    public int serverPort()
    {
        return server.port();
    }

    @Override
    public int stateCode()
    {
        return state.ordinal();
    }
}
