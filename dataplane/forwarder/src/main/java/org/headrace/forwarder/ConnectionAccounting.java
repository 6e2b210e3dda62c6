package org.headrace.forwarder;

import org.headrace.conntrack.ConnectionListener;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.RemovalReason;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.counters.WorkerCounters;

/**
 * Keeps the servers' counts of connections: those found at the start, and off goes what ends. Has both ends told of a
 * connection that was idle for too long.
 */
final class ConnectionAccounting implements ConnectionListener
{
    private final WorkerCounters counters;
    private final IdleResets resets;

    ConnectionAccounting(final WorkerCounters counters, final IdleResets resets)
    {
        this.counters = counters;
        this.resets = resets;
    }

    @Override
    public void onRemoved(final ConnectionTable table, final int index, final RemovalReason reason)
    {
        counters.onConnectionClosed(table.serverSlot(index), isActive(table, index));
        if (reason == RemovalReason.EXPIRED)
        {
            resets.onExpired(table, index);
        }
    }

    /** Counts a connection that a predecessor has opened. */
    void onFound(final ConnectionTable table, final int index)
    {
        counters.onConnectionFound(table.serverSlot(index), isActive(table, index));
    }

    private static boolean isActive(final ConnectionTable table, final int index)
    {
        final int state = table.state(index);
        return state == TcpState.ESTABLISHED || state == TcpState.UDP;
    }
}
