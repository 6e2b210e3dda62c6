package org.headrace.forwarder.control;

import org.headrace.protocol.ConnectionFilter;
import org.headrace.protocol.ConnectionView;
import org.headrace.protocol.Endpoint;

/** Decides whether a connection fits a filter, without making an object; what is cheap to compare comes first. */
final class ConnectionMatcher
{
    private final ConnectionFilter filter;
    private final boolean isAnyVirtual;
    private final boolean isAnyServer;
    private final boolean isAnyIdleness;

    ConnectionMatcher(final ConnectionFilter filter)
    {
        this.filter = filter;
        isAnyVirtual = filter.virtual().equals(Endpoint.NONE);
        isAnyServer = filter.server().address().isNone();
        isAnyIdleness = filter.minIdleMs() == 0 && filter.maxIdleMs() >= ConnectionFilter.MAX_IDLE_MS;
    }

    boolean accepts(final ConnectionView connection)
    {
        return (filter.transport() == 0 || filter.transport() == connection.transportNumber()) &&
            (filter.states() >>> connection.stateCode() & 1) == 1 &&
            acceptsVirtual(connection) &&
            acceptsServer(connection) &&
            (filter.clientPort() == 0 || filter.clientPort() == connection.clientPort()) &&
            filter.client().contains(connection.clientHigh(), connection.clientLow()) &&
            acceptsIdleness(connection);
    }

    private boolean acceptsVirtual(final ConnectionView connection)
    {
        final Endpoint virtual = filter.virtual();
        return isAnyVirtual ||
            virtual.port() == connection.virtualPort() &&
            virtual.address().low() == connection.virtualLow() &&
            virtual.address().high() == connection.virtualHigh();
    }

    private boolean acceptsServer(final ConnectionView connection)
    {
        final Endpoint server = filter.server();
        return (server.port() == 0 || server.port() == connection.serverPort()) &&
            (isAnyServer ||
            server.address().low() == connection.serverLow() && server.address().high() == connection.serverHigh());
    }

    private boolean acceptsIdleness(final ConnectionView connection)
    {
        if (isAnyIdleness)
        {
            return true;
        }
        final long idleMs = connection.idleMs();
        return idleMs >= filter.minIdleMs() && idleMs <= filter.maxIdleMs();
    }
}
