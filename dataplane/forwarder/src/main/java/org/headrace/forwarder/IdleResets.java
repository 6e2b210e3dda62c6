package org.headrace.forwarder;

import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.REPLY;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.answer.ResetSegment;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.protocol.counters.WorkerCounter;

/**
 * Tells both ends of a TCP connection that has been idle for too long that it is over: a reset to the client as if the
 * server had sent it, and one to the server as if the client had. Each carries exactly the sequence number that its
 * receiver expects next, because a kernel takes nothing else (RFC 5961 section 3.2).
 *
 * <p>Only connections that both ends may still hold: ESTABLISHED, FIN_WAIT, CLOSE_WAIT. Nothing is ever waited for:
 * what cannot be sent is counted and forgotten; who sends into the forgotten connection later gets a reset as its
 * answer.
 *
 * <p>Owned by one worker. {@link #onExpired} collects what one call of {@link ConnectionTable#expire} removes,
 * {@link #send} sends it.
 */
final class IdleResets
{
    /** Most connections between two calls of {@link #send}, so that their resets fit one batch. */
    static final int CONNECTION_LIMIT = PacketBatch.CAPACITY / 2;

    private final NetworkLink[] interfaces;
    private final ServerTable servers;
    private final ClientNextHops clientHops;
    private final PacketIo packetIo;
    private final WorkerCounters counters;
    private final PacketBatch batch = new PacketBatch();

    /**
     * @param interfaces in the order of the configuration.
     * @param servers    of all services.
     * @param clientHops of the worker.
     * @param packetIo   of the worker.
     * @param counters   of the worker.
     */
    IdleResets(
        final NetworkLink[] interfaces,
        final ServerTable servers,
        final ClientNextHops clientHops,
        final PacketIo packetIo,
        final WorkerCounters counters)
    {
        this.interfaces = interfaces.clone();
        this.servers = servers;
        this.clientHops = clientHops;
        this.packetIo = packetIo;
        this.counters = counters;
    }

    /** @param table that the connection is leaving. @param index of a connection that has been idle for too long. */
    void onExpired(final ConnectionTable table, final int index)
    {
        if (isHeldByBothEnds(table, index))
        {
            final int client = claim(clientHops.get(table.clientHop(index)));
            if (client >= 0)
            {
                writeToClient(table, index, client);
            }
            final int server = claim(servers.nextHopOpaque(table.serverSlot(index)));
            if (server >= 0)
            {
                writeToServer(table, index, server);
            }
        }
    }

    /** Sends what was collected. */
    void send()
    {
        final int size = batch.size;
        if (size == 0)
        {
            return;
        }
        packetIo.transmit(batch);
        int sent = 0;
        for (int i = 0; i < size; i++)
        {
            sent += batch.verdict(i) == Verdict.FORWARD ? 1 : 0;
        }
        batch.size = 0;
        counters.add(WorkerCounter.RESETS_SENT, sent);
        counters.add(WorkerCounter.RESETS_NOT_SENT, size - sent);
    }

    private static boolean isHeldByBothEnds(final ConnectionTable table, final int index)
    {
        final int state = table.state(index);
        final boolean isOpen =
            state == TcpState.ESTABLISHED || state == TcpState.FIN_WAIT || state == TcpState.CLOSE_WAIT;
        return isOpen && table.protocol(index) == IpProtocol.TCP && !table.isOneWay(index) &&
            table.isSequenceKnown(index, IN) && table.isSequenceKnown(index, REPLY);
    }

    /** A frame with its link layer written, as its place in the batch; negative if there is none, or no way. */
    private int claim(final long hop)
    {
        if (hop == NextHop.UNRESOLVED || !packetIo.claim(batch))
        {
            counters.add(WorkerCounter.RESETS_NOT_SENT, 1);
            return -1;
        }
        final int place = batch.size - 1;
        final int egress = NextHop.place(hop);
        Ethernet.destination(batch.address(place), NextHop.mac(hop));
        Ethernet.source(batch.address(place), interfaces[egress].macAddress());
        batch.egress(place, egress);
        batch.verdict(place, Verdict.FORWARD);
        return place;
    }

    private void writeToClient(final ConnectionTable table, final int index, final int place)
    {
        final long frame = batch.address(place);
        if (table.isIpv6(index))
        {
            ResetSegment.ipv6(frame, table.virtualHigh(index), table.virtualLow(index), table.clientHigh(index),
                table.clientLow(index));
        }
        else
        {
            ResetSegment.ipv4(frame, table.virtualAddress(index), table.clientAddress(index));
        }
        writeSegment(table, index, place, REPLY, table.virtualPort(index), table.clientPort(index));
    }

    private void writeToServer(final ConnectionTable table, final int index, final int place)
    {
        final long frame = batch.address(place);
        if (table.isIpv6(index))
        {
            ResetSegment.ipv6(frame, table.localHigh(index), table.localLow(index), table.serverHigh(index),
                table.serverLow(index));
        }
        else
        {
            ResetSegment.ipv4(frame, table.localAddress(index), table.serverAddress(index));
        }
        writeSegment(table, index, place, IN, table.localPort(index), table.serverPort(index));
    }

    private void writeSegment(
        final ConnectionTable table,
        final int index,
        final int place,
        final int direction,
        final int sourcePort,
        final int destinationPort)
    {
        final boolean isIpv6 = table.isIpv6(index);
        Ethernet.type(batch.address(place), isIpv6 ? Ethernet.TYPE_IPV6 : Ethernet.TYPE_IPV4);
        batch.length(place, ResetSegment.segment(batch.address(place), isIpv6, sourcePort, destinationPort,
            table.nextSequence(index, direction), table.nextSequence(index, direction ^ 1), Tcp.RST | Tcp.ACK));
    }
}
