package org.headrace.forwarder;

import org.headrace.conntrack.ConnectionListener;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.RemovalReason;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.counters.WorkerCounters;

/** Takes a connection that ends off its server's count. */
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
        final int state = table.state(index);
        counters.onConnectionClosed(
            table.serverSlot(index), state == TcpState.ESTABLISHED || state == TcpState.UDP);
    }
}
