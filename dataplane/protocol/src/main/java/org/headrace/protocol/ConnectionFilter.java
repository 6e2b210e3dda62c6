package org.headrace.protocol;

/**
 * Which connections are wanted; all conditions have to hold.
 *
 * @param transport  IP protocol number, 0 for any.
 * @param virtual    service, or {@link Endpoint#NONE} for any.
 * @param client     addresses of clients.
 * @param clientPort of the client, 0 for any.
 * @param server     server, address {@code ::} for any, port 0 for any.
 * @param states     a bit for each {@link ConnectionState} that is wanted, bit 0 for the first.
 * @param minIdleMs  at least this long without a packet, 0 to {@link #MAX_IDLE_MS}.
 * @param maxIdleMs  at most this long without a packet, 0 to {@link #MAX_IDLE_MS}.
 */
public record ConnectionFilter(
    int transport,
    Endpoint virtual,
    IpPrefix client,
    int clientPort,
    Endpoint server,
    int states,
    long minIdleMs,
    long maxIdleMs)
{
    /** Longest time without a packet that can be asked for: 49 days. */
    public static final long MAX_IDLE_MS = 0xFFFF_FFFEL;
    /** A bit for each state. */
    public static final int ALL_STATES = (1 << ConnectionState.count()) - 1;
    /** All connections. */
    public static final ConnectionFilter ANY =
        new ConnectionFilter(0, Endpoint.NONE, IpPrefix.ANY, 0, Endpoint.NONE, ALL_STATES, 0, MAX_IDLE_MS);
}
