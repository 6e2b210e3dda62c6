package org.headrace.forwarder;

import org.headrace.conntrack.ConnectionListener;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.RemovalReason;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.table.ServerTable;

/**
 * Keeps the servers' counts of connections: those found at the start, and off goes what ends. Has both ends told of a
 * connection that was idle for too long.
 */
final class ConnectionAccounting implements ConnectionListener
{
    private final WorkerCounters counters;
    private final IdleResets resets;
    private final ServerTable servers;
    private final Allowances allowances;

    ConnectionAccounting(
        final WorkerCounters counters,
        final IdleResets resets,
        final ServerTable servers,
        final Allowances allowances)
    {
        this.servers = servers;
        this.allowances = allowances;
        this.counters = counters;
        this.resets = resets;
    }

    @Override
    public void onRemoved(final ConnectionTable table, final int index, final RemovalReason reason)
    {
        final int server = table.serverSlot(index);
        counters.onConnectionClosed(server, isActive(table, index));
        allowances.onClosed(servers.service(server));
        if (reason == RemovalReason.EXPIRED)
        {
            resets.onExpired(table, index);
        }
    }

    /** Counts a connection that a predecessor has opened. */
    void onFound(final ConnectionTable table, final int index)
    {
        final int server = table.serverSlot(index);
        counters.onConnectionFound(server, isActive(table, index));
        allowances.onFound(servers.service(server));
    }

    private static boolean isActive(final ConnectionTable table, final int index)
    {
        final int state = table.state(index);
        return state == TcpState.ESTABLISHED || state == TcpState.UDP;
    }
}
