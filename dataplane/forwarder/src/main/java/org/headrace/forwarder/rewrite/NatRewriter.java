package org.headrace.forwarder.rewrite;

import static org.headrace.forwarder.linux.NativeMemory.getNetworkShort;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkShort;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.parse.ParsedBatch;
import org.headrace.forwarder.wire.InternetChecksum;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.Ports;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.forwarder.wire.Udp;

/**
 * NAT forwarding: the destination becomes the server on the way in, the source becomes the service on the way back
 * (RFC 2663 section 4.1.2, RFC 3022 section 4.3 for the checksums). Addresses, ports, time to live and checksums; the
 * link layer is the pipeline's.
 */
public final class NatRewriter
{
    /** A UDP checksum that comes out as 0 is sent as this, since 0 says "none" (RFC 768). */
    private static final int UDP_ZERO = 0xFFFF;

    private final ConnectionTable connections;

    /**
     * @param connections of the worker.
     */
    public NatRewriter(final ConnectionTable connections)
    {
        this.connections = connections;
    }

    /**
     * Rewrites the destination of a client's packet to the connection's server, or the source of a server's packet to
     * the connection's service, and takes one from the time to live.
     *
     * <p>Packets of both directions come in any order. Only numbers differ between them, so that the processor has no
     * branch to guess wrong.
     *
     * @param batch  of frames.
     * @param parsed of the batch.
     * @param i      which.
     * @param flow   that the packet belongs to.
     */
    public void translate(final PacketBatch batch, final ParsedBatch parsed, final int i, final int flow)
    {
        final int end = ConnectionTable.direction(flow);
        final long transport = parsed.transport(i);
        final long addresses = parsed.isIpv6(i) ?
            translateIpv6(parsed, i, flow) : translateIpv4(parsed.network(i), end, connections.translatedAddress(flow));
        final int port = connections.translatedPort(flow);
        final long ports = InternetChecksum.difference16(Ports.port(transport, end), port);
        Ports.port(transport, end, port);
        mendChecksum(batch, parsed, i, addresses, ports);
    }

    private static long translateIpv4(final long ip, final int end, final int address)
    {
        final long difference = InternetChecksum.difference32(Ipv4.address(ip, end), address);
        Ipv4.address(ip, end, address);
        Ipv4.decrementTtl(ip, difference);
        return difference;
    }

    private long translateIpv6(final ParsedBatch parsed, final int i, final int flow)
    {
        final int index = ConnectionTable.index(flow);
        final long ip = parsed.network(i);
        Ipv6.decrementHopLimit(ip);
        if (ConnectionTable.direction(flow) == ConnectionTable.IN)
        {
            final long high = connections.serverHigh(index);
            final long low = connections.serverLow(index);
            Ipv6.destination(ip, high, low);
            return InternetChecksum.difference64(parsed.destinationHigh(i), high) +
                InternetChecksum.difference64(parsed.destinationLow(i), low);
        }
        final long high = connections.virtualHigh(index);
        final long low = connections.virtualLow(index);
        Ipv6.source(ip, high, low);
        return InternetChecksum.difference64(parsed.sourceHigh(i), high) +
            InternetChecksum.difference64(parsed.sourceLow(i), low);
    }

    private static void mendChecksum(
        final PacketBatch batch, final ParsedBatch parsed, final int i, final long addresses, final long ports)
    {
        final boolean isUdp = parsed.protocol(i) == IpProtocol.UDP;
        final long field = parsed.transport(i) + (isUdp ? Udp.CHECKSUM_OFFSET : Tcp.CHECKSUM_OFFSET);
        final int checksum = getNetworkShort(field);
        if ((batch.flags(i) & PacketBatch.PARTIAL_CHECKSUM) != 0)
        {
            putNetworkShort(field, InternetChecksum.applyPartial(checksum, addresses));
        }
        else if (isUdp)
        {
            if (checksum != 0)
            {
                final int mended = InternetChecksum.apply(checksum, addresses + ports);
                putNetworkShort(field, mended == 0 ? UDP_ZERO : mended);
            }
        }
        else
        {
            putNetworkShort(field, InternetChecksum.apply(checksum, addresses + ports));
        }
    }
}
