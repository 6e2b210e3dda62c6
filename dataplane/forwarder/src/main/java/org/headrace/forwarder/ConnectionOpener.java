package org.headrace.forwarder;

import static org.headrace.protocol.counters.DropReason.ACCESS_DENIED;
import static org.headrace.protocol.counters.DropReason.NO_CONNECTION;
import static org.headrace.protocol.counters.DropReason.TABLE_FULL;
import static org.headrace.protocol.counters.DropReason.TOO_MANY_NEXT_HOPS;
import static org.headrace.protocol.counters.DropReason.TUPLE_CONFLICT;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.NewConnection;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.affinity.PersistentScheduler;
import org.headrace.forwarder.answer.Answers;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.parse.ParsedBatch;
import org.headrace.forwarder.schedule.BackendScheduler;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.counters.DropReason;

/**
 * What happens to a packet that belongs to no connection: it opens one, is answered, or is the kernel's. Owned by one
 * worker.
 */
final class ConnectionOpener
{
    /** Makes every verdict non-negative, so that its complement is negative, as no index is. */
    private static final int VERDICT_BIAS = DropReason.MAX_REASONS;

    private final ServerTable servers;
    private final ConnectionTable connections;
    private final PersistentScheduler scheduler;
    private final ClientNextHops clientHops;
    private final Answers answers;
    private final WorkerCounters counters;
    private final Allowances allowances;

    ConnectionOpener(
        final ServerTable servers,
        final ConnectionTable connections,
        final PersistentScheduler scheduler,
        final ClientNextHops clientHops,
        final WorkerCounters counters,
        final Allowances allowances)
    {
        this.allowances = allowances;
        this.servers = servers;
        this.connections = connections;
        this.scheduler = scheduler;
        this.clientHops = clientHops;
        this.answers = new Answers(counters);
        this.counters = counters;
    }

    Answers answers()
    {
        return answers;
    }

    /** @param state of a TCP connection. @return true if both ends are done with it. */
    static boolean isFinished(final int state)
    {
        return state == TcpState.TIME_WAIT || state == TcpState.CLOSE || state == TcpState.LAST_ACK;
    }

    /**
     * @param result negative result of {@link #open}.
     * @return the frame's verdict.
     */
    static int verdict(final int result)
    {
        return ~result - VERDICT_BIAS;
    }

    /**
     * @param batch    of frames.
     * @param parsed   of the batch.
     * @param i        a TCP segment or UDP datagram.
     * @param finished flow of a finished connection in whose place the new one comes, or NOT_FOUND.
     * @param table    in force.
     * @param nowMs    monotonic milliseconds.
     * @return index of the new connection, or, negative, a verdict for {@link #verdict(int)}.
     */
    int open(
        final PacketBatch batch,
        final ParsedBatch parsed,
        final int i,
        final int finished,
        final ForwardingTable table,
        final long nowMs)
    {
        final int service = findService(parsed, i, table);
        if (service == ForwardingTable.NOT_FOUND)
        {
            // A server that talks to somebody who did not come through us: the host routes it like any other packet.
            return result(Verdict.PASS);
        }
        if (!AccessCheck.admits(table, service, parsed, i))
        {
            return result(Verdict.drop(ACCESS_DENIED));
        }
        if (parsed.protocol(i) == IpProtocol.TCP && (parsed.tcpFlags(i) & (Tcp.SYN | Tcp.ACK)) != Tcp.SYN)
        {
            return result((parsed.tcpFlags(i) & Tcp.RST) != 0 ?
                Verdict.drop(NO_CONNECTION) : answers.reset(batch, parsed, i));
        }
        final int refused = allowances.admit(service);
        if (refused != Allowances.ADMITTED)
        {
            return result(refused);
        }
        final int server = scheduler.select(table, service, parsed.sourceHigh(i), clientLow(parsed, i), nowMs);
        if (server == BackendScheduler.NONE)
        {
            return result(answers.noServer(batch, parsed, i, nowMs));
        }
        final int hop = clientHops.number(NextHop.of(batch.ingress(i), Ethernet.source(batch.address(i))));
        if (hop == ClientNextHops.FULL)
        {
            return result(Verdict.drop(TOO_MANY_NEXT_HOPS));
        }
        if (finished != ConnectionTable.NOT_FOUND)
        {
            connections.remove(ConnectionTable.index(finished));
        }
        final int index = insert(parsed, i, server, hop, table.timeouts(service), nowMs);
        if (index >= 0)
        {
            allowances.onOpened(service);
        }
        return index;
    }

    private int insert(
        final ParsedBatch parsed,
        final int i,
        final int server,
        final int hop,
        final int timeouts,
        final long nowMs)
    {
        final boolean isTcp = parsed.protocol(i) == IpProtocol.TCP;
        final NewConnection connection = describe(parsed, i, server)
            .forwarding(ForwardingMethod.NAT.value())
            .serverSlot(server)
            .clientHop(hop)
            .timeouts(timeouts)
            .state(isTcp ? TcpState.NONE : TcpState.UDP);
        int index = connections.insert(connection, nowMs);
        if (index == ConnectionTable.DUPLICATE && removeFinishedRival(parsed, i, server))
        {
            index = connections.insert(connection, nowMs);
        }
        if (index < 0)
        {
            return result(Verdict.drop(index == ConnectionTable.DUPLICATE ? TUPLE_CONFLICT : TABLE_FULL));
        }
        counters.onConnectionOpened(server, !isTcp);
        return index;
    }

    private NewConnection describe(final ParsedBatch parsed, final int i, final int server)
    {
        final NewConnection connection = connections.newConnection().protocol(parsed.protocol(i));
        return parsed.isIpv6(i) ?
            connection
                .ipv6Client(parsed.sourceHigh(i), parsed.sourceLow(i), parsed.sourcePort(i))
                .ipv6Virtual(parsed.destinationHigh(i), parsed.destinationLow(i), parsed.destinationPort(i))
                .ipv6Server(servers.addressHigh(server), servers.addressLow(server), servers.port(server)) :
            connection
                .ipv4Client((int)parsed.sourceLow(i), parsed.sourcePort(i))
                .ipv4Virtual((int)parsed.destinationLow(i), parsed.destinationPort(i))
                .ipv4Server(servers.ipv4(server), servers.port(server));
    }

    /** The same client ports reached the same server through another service; fine if that connection is over. */
    private boolean removeFinishedRival(final ParsedBatch parsed, final int i, final int server)
    {
        final int protocol = parsed.protocol(i);
        final int flow;
        if (parsed.isIpv6(i))
        {
            final long high = servers.addressHigh(server);
            final long low = servers.addressLow(server);
            final long hash = connections.hashIpv6(protocol, high, low, servers.port(server),
                parsed.sourceHigh(i), parsed.sourceLow(i), parsed.sourcePort(i));
            flow = connections.findIpv6(hash, protocol, high, low, servers.port(server),
                parsed.sourceHigh(i), parsed.sourceLow(i), parsed.sourcePort(i));
        }
        else
        {
            final int address = servers.ipv4(server);
            final int client = (int)parsed.sourceLow(i);
            final long hash =
                connections.hashIpv4(protocol, address, servers.port(server), client, parsed.sourcePort(i));
            flow = connections.findIpv4(hash, protocol, address, servers.port(server), client, parsed.sourcePort(i));
        }
        if (flow == ConnectionTable.NOT_FOUND || !isFinished(connections.state(ConnectionTable.index(flow))))
        {
            return false;
        }
        connections.remove(ConnectionTable.index(flow));
        return true;
    }

    private static long clientLow(final ParsedBatch parsed, final int i)
    {
        return parsed.isIpv6(i) ? parsed.sourceLow(i) : IpAddress.mappedLow((int)parsed.sourceLow(i));
    }

    private static int findService(final ParsedBatch parsed, final int i, final ForwardingTable table)
    {
        return parsed.isIpv6(i) ?
            table.find(parsed.protocol(i), parsed.destinationHigh(i), parsed.destinationLow(i),
                parsed.destinationPort(i)) :
            table.findIpv4(parsed.protocol(i), (int)parsed.destinationLow(i), parsed.destinationPort(i));
    }

    private static int result(final int verdict)
    {
        return ~(verdict + VERDICT_BIAS);
    }
}
