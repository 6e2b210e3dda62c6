package org.headrace.forwarder;

import org.headrace.conntrack.ConnectionListener;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.RemovalReason;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.counters.WorkerCounters;

/** Keeps the servers' counts of connections: those found at the start, and off goes what ends. */
final class ConnectionAccounting implements ConnectionListener
{
    private final WorkerCounters counters;

    ConnectionAccounting(final WorkerCounters counters)
    {
        this.counters = counters;
    }

    @Override
    public void onRemoved(final ConnectionTable table, final int index, final RemovalReason reason)
    {
        counters.onConnectionClosed(table.serverSlot(index), isActive(table, index));
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
