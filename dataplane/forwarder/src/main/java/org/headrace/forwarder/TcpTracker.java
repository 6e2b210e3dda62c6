package org.headrace.forwarder;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.Plausibility;
import org.headrace.conntrack.TcpState;
import org.headrace.conntrack.TcpTransitionTable;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.parse.ParsedBatch;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.protocol.counters.WorkerCounter;

/**
 * What a TCP segment does to its connection: its sequence numbers say whether it is believed, and only then its flags
 * change the state. Owned by one worker.
 */
final class TcpTracker
{
    private final ConnectionTable connections;
    private final WorkerCounters counters;

    TcpTracker(final ConnectionTable connections, final WorkerCounters counters)
    {
        this.connections = connections;
        this.counters = counters;
    }

    /**
     * @param parsed of the batch, as it was received.
     * @param i      a TCP segment.
     * @param flow   that it belongs to.
     * @param server slot of the connection's server.
     * @return false for a reset that no end would send: it has to be dropped.
     */
    boolean track(final ParsedBatch parsed, final int i, final int flow, final int server)
    {
        final int index = ConnectionTable.index(flow);
        final int flags = parsed.tcpFlags(i);
        final long tcp = parsed.transport(i);
        final int judged = connections.onSegment(flow, flags, Tcp.sequence(tcp), Tcp.acknowledgement(tcp),
            payloadBytes(parsed, i));
        if (judged != Plausibility.BELIEVED)
        {
            return trackSlowPath(judged, index, flags, server);
        }
        final int state = connections.state(index);
        final int next = TcpTransitionTable.next(ConnectionTable.direction(flow), flags, state);
        if (next != state)
        {
            change(index, next, server);
        }
        return true;
    }

    private boolean trackSlowPath(final int judged, final int index, final int flags, final int server)
    {
        switch (judged)
        {
            case Plausibility.DOUBTED -> counters.add(WorkerCounter.DOUBTED, 1);
            case Plausibility.REOPENED ->
            {
                // As if the client's SYN had been believed.
                final int opened =
                    TcpTransitionTable.next(TcpTransitionTable.INPUT, Tcp.SYN, connections.state(index));
                change(index, TcpTransitionTable.next(TcpTransitionTable.OUTPUT, flags, opened), server);
            }
            default ->
            {
                return false;
            }
        }
        return true;
    }

    private void change(final int index, final int next, final int server)
    {
        final int state = connections.state(index);
        if (next != state)
        {
            connections.state(index, next);
            final boolean isActive = next == TcpState.ESTABLISHED;
            if (isActive != (state == TcpState.ESTABLISHED))
            {
                counters.onConnectionActivity(server, isActive);
            }
        }
    }

    /** What a super-packet carries counts whole. */
    private static int payloadBytes(final ParsedBatch parsed, final int i)
    {
        final long tcp = parsed.transport(i);
        return (int)(parsed.network(i) + parsed.ipLength(i) - tcp) - Tcp.headerLength(tcp);
    }
}
