package org.headrace.protocol.counters;

/**
 * Counters of one server of one service, one set per worker, eight longs: a cache line. The ordinal is the counter's
 * place in the line.
 */
public enum ServerCounter
{
    /** Connections in state ESTABLISHED, and UDP connections: IPVS's ActiveConn. */
    ACTIVE_CONNECTIONS,
    /** Connections in any other state: IPVS's InActConn. */
    INACTIVE_CONNECTIONS,
    /** Connections scheduled since the server was added. */
    CONNECTIONS,
    /** Packets from clients. */
    IN_PACKETS,
    /** Packets to clients. */
    OUT_PACKETS,
    /** Bytes from clients, IP header included. */
    IN_BYTES,
    /** Bytes to clients, IP header included. */
    OUT_BYTES
}
