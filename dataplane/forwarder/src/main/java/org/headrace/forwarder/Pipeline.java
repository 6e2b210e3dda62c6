package org.headrace.forwarder;

import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.protocol.counters.DropReason.ACCESS_DENIED;
import static org.headrace.protocol.counters.DropReason.BAD_L4_HEADER;
import static org.headrace.protocol.counters.DropReason.BAD_RST_SEQUENCE;
import static org.headrace.protocol.counters.DropReason.NO_NEXT_HOP;
import static org.headrace.protocol.counters.DropReason.TOO_BIG;
import static org.headrace.protocol.counters.DropReason.TTL_EXPIRED;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.forwarder.answer.Answers;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.parse.PacketParser;
import org.headrace.forwarder.parse.ParsedBatch;
import org.headrace.forwarder.rewrite.IcmpErrorRewriter;
import org.headrace.forwarder.rewrite.NatRewriter;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.Tcp;

import java.util.Arrays;

/**
 * What happens to a batch of packets between receive and transmit, stage by stage over the whole batch, so that the
 * memory latency of one packet's look-up hides behind the others: parse and hash all, touch every bucket line, touch
 * every entry line, and only then look up and decide.
 *
 * <p>Owned by one worker; never allocates, never throws for a packet.
 */
public final class Pipeline
{
    private static final int ONE_HOP = 1;

    private final PacketParser parser = new PacketParser();
    private final ParsedBatch parsed = new ParsedBatch();
    private final long[] hash = new long[PacketBatch.CAPACITY];
    private final int[] candidate = new int[PacketBatch.CAPACITY];

    private final int[] mtuBytes;
    private final long[] macAddress;
    private final ServerTable servers;
    private final ConnectionTable connections;
    private final ConnectionOpener opener;
    private final TcpTracker tcpTracker;
    private final ClientNextHops clientHops;
    private final NatRewriter nat;
    private final IcmpErrorRewriter icmpErrors;
    private final Answers answers;
    private final WorkerCounters counters;

    private long touched;

    /**
     * @param interfaces  in the order of the configuration.
     * @param servers     of all services.
     * @param connections of this worker.
     * @param counters    of this worker.
     * @param opener      of connections.
     * @param clientHops  shared with the opener.
     */
    Pipeline(
        final NetworkLink[] interfaces,
        final ServerTable servers,
        final ConnectionTable connections,
        final WorkerCounters counters,
        final ConnectionOpener opener,
        final ClientNextHops clientHops)
    {
        this.mtuBytes = Arrays.stream(interfaces).mapToInt(NetworkLink::mtuBytes).toArray();
        this.macAddress = Arrays.stream(interfaces).mapToLong(NetworkLink::macAddress).toArray();
        this.servers = servers;
        this.connections = connections;
        this.counters = counters;
        this.opener = opener;
        this.tcpTracker = new TcpTracker(connections, counters);
        this.clientHops = clientHops;
        this.nat = new NatRewriter(connections);
        this.icmpErrors = new IcmpErrorRewriter(connections);
        this.answers = opener.answers();
    }

    /**
     * Judges every frame of the batch.
     *
     * @param batch from the driver; verdict and egress are filled, frames are rewritten in place.
     * @param table of services in force.
     * @param nowMs monotonic milliseconds.
     */
    public void process(final PacketBatch batch, final ForwardingTable table, final long nowMs)
    {
        final int size = batch.size;
        for (int i = 0; i < size; i++)
        {
            batch.verdict(i, parser.parse(batch, i, parsed));
            hash[i] = batch.verdict(i) == PacketParser.SOUND ? hash(i) : 0;
        }
        touch(size);
        for (int i = 0; i < size; i++)
        {
            if (batch.verdict(i) == PacketParser.SOUND)
            {
                batch.verdict(i, decide(batch, i, table, nowMs));
            }
        }
    }

    /**
     * The loads of a loop do not depend on each other, and nothing but loads is in those loops that miss the cache, so
     * as many misses overlap as the core can hold. The sum keeps them live.
     */
    private void touch(final int size)
    {
        long sum = 0;
        for (int i = 0; i < size; i++)
        {
            sum += connections.touchBucket(hash[i]);
        }
        for (int i = 0; i < size; i++)
        {
            candidate[i] = connections.candidate(hash[i]);
        }
        for (int i = 0; i < size; i++)
        {
            sum += connections.touchEntry(candidate[i]);
        }
        for (int i = 0; i < size; i++)
        {
            if (parsed.isIpv6(i))
            {
                sum += connections.touchExtension(candidate[i]);
            }
        }
        touched = sum;
    }

    /**
     * @return a number that depends on every touched line; of no meaning but that nobody can optimise the loads away.
     */
    long touched()
    {
        return touched;
    }

    private int decide(final PacketBatch batch, final int i, final ForwardingTable table, final long nowMs)
    {
        final int flow = find(i);
        if (flow == ConnectionTable.NOT_FOUND || parsed.quoted(i) != 0 || isReopening(flow, i))
        {
            return decideSlowPath(batch, i, flow, table, nowMs);
        }
        if (table.hasAccessLists() && ConnectionTable.direction(flow) == IN && !isAdmitted(i, flow, table))
        {
            return Verdict.drop(ACCESS_DENIED);
        }
        return forward(batch, i, flow, nowMs);
    }

    private boolean isAdmitted(final int i, final int flow, final ForwardingTable table)
    {
        final int server = connections.serverSlot(ConnectionTable.index(flow));
        return AccessCheck.admits(table, servers.service(server), parsed, i);
    }

    private int decideSlowPath(
        final PacketBatch batch, final int i, final int flow, final ForwardingTable table, final long nowMs)
    {
        if (parsed.quoted(i) != 0)
        {
            return flow == ConnectionTable.NOT_FOUND ? Verdict.PASS : relayErrorSlowPath(batch, i, flow);
        }
        final int opened = opener.open(batch, parsed, i, flow, table, nowMs);
        return opened >= 0 ? forward(batch, i, opened << 1 | IN, nowMs) : ConnectionOpener.verdict(opened);
    }

    private int forward(final PacketBatch batch, final int i, final int flow, final long nowMs)
    {
        final int index = ConnectionTable.index(flow);
        final int direction = ConnectionTable.direction(flow);
        final int server = connections.serverSlot(index);
        final long hop;
        final int mtuBytes;
        if (direction == IN)
        {
            hop = servers.nextHopOpaque(server);
            mtuBytes = servers.mtuBytesOpaque(server);
        }
        else
        {
            // Unresolved if it was lost in a restart; the client's next packet tells it again.
            hop = clientHops.get(connections.clientHop(index));
            mtuBytes = mtuBytes(hop);
        }
        if (hop == NextHop.UNRESOLVED)
        {
            return Verdict.drop(NO_NEXT_HOP);
        }
        final int refused = refuse(batch, i, mtuBytes, direction, nowMs);
        if (refused != PacketParser.SOUND)
        {
            return refused;
        }
        if (!track(i, flow, server, nowMs))
        {
            return Verdict.drop(BAD_RST_SEQUENCE);
        }
        if (direction == IN)
        {
            rememberWayBack(batch, i, index);
        }
        nat.translate(batch, parsed, i, flow);
        return send(batch, i, hop);
    }

    private int mtuBytes(final long hop)
    {
        return hop == NextHop.UNRESOLVED ? 0 : mtuBytes[NextHop.place(hop)];
    }

    /** Time to live and size, as for any router (RFC 1812 sections 5.3.1 and 4.2.2.7). */
    private int refuse(final PacketBatch batch, final int i, final int mtuBytes, final int direction, final long nowMs)
    {
        final long ip = parsed.network(i);
        final int hops = parsed.isIpv6(i) ? Ipv6.hopLimit(ip) : Ipv4.ttl(ip);
        if (hops <= ONE_HOP)
        {
            // Towards a client there is no address of ours that the error could come from.
            return direction == IN ? answers.timeExceeded(batch, parsed, i, nowMs) : Verdict.drop(TTL_EXPIRED);
        }
        final boolean isOneSegment = (batch.flags(i) & PacketBatch.SUPER_PACKET) == 0;
        if (parsed.ipLength(i) > mtuBytes && isOneSegment)
        {
            final boolean mayFragment = !parsed.isIpv6(i) && (Ipv4.fragment(ip) & Ipv4.DONT_FRAGMENT) == 0;
            return mayFragment ? Verdict.drop(TOO_BIG) : answers.tooBig(batch, parsed, i, mtuBytes, nowMs);
        }
        return PacketParser.SOUND;
    }

    /** False for a reset that is none: nothing has changed then, and nothing is counted. */
    private boolean track(final int i, final int flow, final int server, final long nowMs)
    {
        if (parsed.protocol(i) == IpProtocol.TCP && !tcpTracker.track(parsed, i, flow, server))
        {
            return false;
        }
        connections.onPacket(flow, parsed.ipLength(i), nowMs);
        counters.onServerPacket(server, ConnectionTable.direction(flow), parsed.ipLength(i));
        return true;
    }

    /** The way back to the client is the neighbour that its last packet came from. */
    private void rememberWayBack(final PacketBatch batch, final int i, final int index)
    {
        final long hop = NextHop.of(batch.ingress(i), Ethernet.source(batch.address(i)));
        if (clientHops.get(connections.clientHop(index)) != hop)
        {
            final int number = clientHops.number(hop);
            if (number != ClientNextHops.FULL)
            {
                connections.clientHop(index, number);
            }
        }
    }

    private int send(final PacketBatch batch, final int i, final long hop)
    {
        final int egress = NextHop.place(hop);
        Ethernet.addresses(batch.address(i), NextHop.mac(hop), macAddress[egress]);
        batch.length(i, Ethernet.HEADER_LENGTH + parsed.ipLength(i));
        batch.egress(i, egress);
        return Verdict.FORWARD;
    }

    private int relayErrorSlowPath(final PacketBatch batch, final int i, final int flow)
    {
        if (!icmpErrors.hasRightChecksum(parsed, i))
        {
            return Verdict.drop(BAD_L4_HEADER);
        }
        final int index = ConnectionTable.index(flow);
        final boolean isIn = ConnectionTable.direction(flow) == IN;
        final long hop = isIn ?
            servers.nextHopOpaque(connections.serverSlot(index)) : clientHops.get(connections.clientHop(index));
        if (hop == NextHop.UNRESOLVED)
        {
            return Verdict.drop(NO_NEXT_HOP);
        }
        final long ip = parsed.network(i);
        if ((parsed.isIpv6(i) ? Ipv6.hopLimit(ip) : Ipv4.ttl(ip)) <= ONE_HOP)
        {
            // An error is never answered with an error (RFC 1812 section 4.3.2.7).
            return Verdict.drop(TTL_EXPIRED);
        }
        if (isIn)
        {
            icmpErrors.toServer(batch, parsed, i, index);
        }
        else
        {
            icmpErrors.toClient(batch, parsed, i, index);
        }
        if (parsed.isIpv6(i))
        {
            Ipv6.decrementHopLimit(ip);
        }
        else
        {
            Ipv4.decrementTtl(ip);
        }
        return send(batch, i, hop);
    }

    /** A client that starts anew on a finished connection's ports gets a new connection at once, and a new choice. */
    private boolean isReopening(final int flow, final int i)
    {
        if ((parsed.tcpFlags(i) & (Tcp.SYN | Tcp.ACK)) != Tcp.SYN || ConnectionTable.direction(flow) != IN)
        {
            return false;
        }
        return ConnectionOpener.isFinished(connections.state(ConnectionTable.index(flow)));
    }

    private long hash(final int i)
    {
        return parsed.isIpv6(i) ?
            connections.hashIpv6(parsed.protocol(i), parsed.sourceHigh(i), parsed.sourceLow(i), parsed.sourcePort(i),
                parsed.destinationHigh(i), parsed.destinationLow(i), parsed.destinationPort(i)) :
            connections.hashIpv4(parsed.protocol(i), (int)parsed.sourceLow(i), parsed.sourcePort(i),
                (int)parsed.destinationLow(i), parsed.destinationPort(i));
    }

    private int find(final int i)
    {
        return parsed.isIpv6(i) ?
            connections.findIpv6(hash[i], parsed.protocol(i), parsed.sourceHigh(i), parsed.sourceLow(i),
                parsed.sourcePort(i), parsed.destinationHigh(i), parsed.destinationLow(i),
                parsed.destinationPort(i)) :
            connections.findIpv4(hash[i], candidate[i], parsed.protocol(i), (int)parsed.sourceLow(i),
                parsed.sourcePort(i), (int)parsed.destinationLow(i), parsed.destinationPort(i));
    }
}
