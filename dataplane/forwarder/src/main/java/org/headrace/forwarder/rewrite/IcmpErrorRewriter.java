package org.headrace.forwarder.rewrite;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.parse.ParsedBatch;
import org.headrace.forwarder.wire.Icmp;
import org.headrace.forwarder.wire.InternetChecksum;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.Ports;
import org.headrace.forwarder.wire.PseudoHeader;

/**
 * Translates ICMP errors together with the packet that they quote (RFC 5508 section 4, RFC 3022 section 4.3), so that
 * path MTU discovery and "unreachable" work through the balancer. Rare packets: the ICMP checksum is computed anew.
 *
 * <p>The quoted transport checksum is left alone: often it is not in the quote, and nobody checks it.
 */
public final class IcmpErrorRewriter
{
    private final ConnectionTable connections;

    /**
     * @param connections of the worker.
     */
    public IcmpErrorRewriter(final ConnectionTable connections)
    {
        this.connections = connections;
    }

    /**
     * @param parsed of the batch.
     * @param i      which.
     * @return true if the error's own checksum is right; the translation would hide a wrong one.
     */
    public boolean hasRightChecksum(final ParsedBatch parsed, final int i)
    {
        return checksum(parsed, i) == 0;
    }

    /**
     * An error from the client's side about a packet of the server: goes to the server, quoting the server's packet.
     *
     * @param batch  of frames.
     * @param parsed of the batch.
     * @param i      which.
     * @param index  of the connection.
     */
    public void toServer(final PacketBatch batch, final ParsedBatch parsed, final int i, final int index)
    {
        final long ip = parsed.network(i);
        final long quoted = parsed.quoted(i);
        if (parsed.isIpv6(i))
        {
            Ipv6.destination(ip, connections.serverHigh(index), connections.serverLow(index));
            Ipv6.source(quoted, connections.serverHigh(index), connections.serverLow(index));
        }
        else
        {
            final int address = connections.serverAddress(index);
            final long outer = InternetChecksum.difference32(Ipv4.destination(ip), address);
            Ipv4.destination(ip, address);
            Ipv4.checksum(ip, InternetChecksum.apply(Ipv4.checksum(ip), outer));
            final long inner = InternetChecksum.difference32(Ipv4.source(quoted), address);
            Ipv4.source(quoted, address);
            Ipv4.checksum(quoted, InternetChecksum.apply(Ipv4.checksum(quoted), inner));
        }
        Ports.source(parsed.quotedTransport(i), connections.serverPort(index));
        finish(batch, parsed, i);
    }

    /**
     * An error from the server's side about a packet of the client: goes to the client, quoting the client's packet.
     *
     * @param batch  of frames.
     * @param parsed of the batch.
     * @param i      which.
     * @param index  of the connection.
     */
    public void toClient(final PacketBatch batch, final ParsedBatch parsed, final int i, final int index)
    {
        final long ip = parsed.network(i);
        final long quoted = parsed.quoted(i);
        if (parsed.isIpv6(i))
        {
            Ipv6.source(ip, connections.virtualHigh(index), connections.virtualLow(index));
            Ipv6.destination(quoted, connections.virtualHigh(index), connections.virtualLow(index));
        }
        else
        {
            final int address = connections.virtualAddress(index);
            final long outer = InternetChecksum.difference32(Ipv4.source(ip), address);
            Ipv4.source(ip, address);
            Ipv4.checksum(ip, InternetChecksum.apply(Ipv4.checksum(ip), outer));
            final long inner = InternetChecksum.difference32(Ipv4.destination(quoted), address);
            Ipv4.destination(quoted, address);
            Ipv4.checksum(quoted, InternetChecksum.apply(Ipv4.checksum(quoted), inner));
        }
        Ports.destination(parsed.quotedTransport(i), connections.virtualPort(index));
        finish(batch, parsed, i);
    }

    private static void finish(final PacketBatch batch, final ParsedBatch parsed, final int i)
    {
        batch.flags(i, 0);
        Icmp.checksum(parsed.transport(i), 0);
        Icmp.checksum(parsed.transport(i), checksum(parsed, i));
    }

    private static int checksum(final ParsedBatch parsed, final int i)
    {
        final long icmp = parsed.transport(i);
        final int length = (int)(parsed.network(i) + parsed.ipLength(i) - icmp);
        return parsed.isIpv6(i) ?
            PseudoHeader.ipv6Checksum(parsed.network(i), IpProtocol.ICMPV6, icmp, length) :
            InternetChecksum.ofBytes(icmp, length);
    }
}
