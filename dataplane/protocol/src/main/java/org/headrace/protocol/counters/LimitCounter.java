package org.headrace.protocol.counters;

/**
 * Counters of one limit, one set per worker, eight longs: a cache line that only this worker writes. The ordinal is the
 * counter's place in the line.
 */
public enum LimitCounter
{
    /** Connections that the worker has under the limit. */
    CONNECTIONS,
    /** Connections that the worker has opened under the limit since the limit was made. */
    OPENED,
    /** Packets dropped because the limit of connections was reached. */
    REFUSED_CONNECTIONS,
    /** Packets dropped because the limit of new connections per second was reached. */
    REFUSED_RATE,
    /** What CONNECTIONS may come to: the worker's share of the limit. */
    CONNECTIONS_ALLOWED,
    /** What OPENED may come to. */
    OPENED_ALLOWED
}
