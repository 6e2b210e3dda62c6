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
 * (RFC 2663 section 4.1.2, RFC 3022 section 4.3 for the checksums). Addresses, ports and checksums only; link layer and
 * time to live are the pipeline's.
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
     * Rewrites the destination to the connection's server.
     *
     * @param batch  of frames.
     * @param parsed of the batch.
     * @param i      which.
     * @param index  of the connection.
     */
    public void toServer(final PacketBatch batch, final ParsedBatch parsed, final int i, final int index)
    {
        final long ip = parsed.network[i];
        final long addresses;
        if (parsed.isIpv6[i])
        {
            final long high = connections.serverHigh(index);
            final long low = connections.serverLow(index);
            addresses = InternetChecksum.difference64(parsed.destinationHigh[i], high) +
                InternetChecksum.difference64(parsed.destinationLow[i], low);
            Ipv6.destination(ip, high, low);
        }
        else
        {
            final int address = connections.serverAddress(index);
            addresses = InternetChecksum.difference32((int)parsed.destinationLow[i], address);
            Ipv4.destination(ip, address);
            Ipv4.checksum(ip, InternetChecksum.apply(Ipv4.checksum(ip), addresses));
        }
        final int port = connections.serverPort(index);
        Ports.destination(parsed.transport[i], port);
        mendChecksum(batch, parsed, i, addresses, InternetChecksum.difference16(parsed.destinationPort[i], port));
    }

    /**
     * Rewrites the source to the connection's service.
     *
     * @param batch  of frames.
     * @param parsed of the batch.
     * @param i      which.
     * @param index  of the connection.
     */
    public void toClient(final PacketBatch batch, final ParsedBatch parsed, final int i, final int index)
    {
        final long ip = parsed.network[i];
        final long addresses;
        if (parsed.isIpv6[i])
        {
            final long high = connections.virtualHigh(index);
            final long low = connections.virtualLow(index);
            addresses = InternetChecksum.difference64(parsed.sourceHigh[i], high) +
                InternetChecksum.difference64(parsed.sourceLow[i], low);
            Ipv6.source(ip, high, low);
        }
        else
        {
            final int address = connections.virtualAddress(index);
            addresses = InternetChecksum.difference32((int)parsed.sourceLow[i], address);
            Ipv4.source(ip, address);
            Ipv4.checksum(ip, InternetChecksum.apply(Ipv4.checksum(ip), addresses));
        }
        final int port = connections.virtualPort(index);
        Ports.source(parsed.transport[i], port);
        mendChecksum(batch, parsed, i, addresses, InternetChecksum.difference16(parsed.sourcePort[i], port));
    }

    private static void mendChecksum(
        final PacketBatch batch, final ParsedBatch parsed, final int i, final long addresses, final long ports)
    {
        final boolean isUdp = parsed.protocol[i] == IpProtocol.UDP;
        final long field = parsed.transport[i] + (isUdp ? Udp.CHECKSUM_OFFSET : Tcp.CHECKSUM_OFFSET);
        final int checksum = getNetworkShort(field);
        if ((batch.flags[i] & PacketBatch.PARTIAL_CHECKSUM) != 0)
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
