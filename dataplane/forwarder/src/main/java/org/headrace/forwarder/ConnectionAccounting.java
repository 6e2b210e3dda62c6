package org.headrace.forwarder;

import org.headrace.conntrack.ConnectionListener;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.RemovalReason;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.counters.WorkerCounters;

/** Takes a connection that ends off its server's count, and has the ends told of one that was idle for too long. */
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
        final int state = table.state(index);
        counters.onConnectionClosed(
            table.serverSlot(index), state == TcpState.ESTABLISHED || state == TcpState.UDP);
        if (reason == RemovalReason.EXPIRED)
        {
            resets.onExpired(table, index);
        }
    }
}
