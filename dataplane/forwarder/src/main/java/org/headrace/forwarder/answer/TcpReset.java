package org.headrace.forwarder.answer;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.parse.ParsedBatch;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.PseudoHeader;
import org.headrace.forwarder.wire.Tcp;

/**
 * Turns a TCP segment that belongs to no connection into the reset that a host would send (RFC 9293 section 3.10.7.1).
 */
public final class TcpReset
{
    /**
     * @param batch  of frames; frame i becomes the reset and leaves where it came in.
     * @param parsed of the batch.
     * @param i      a TCP segment without RST.
     */
    public void write(final PacketBatch batch, final ParsedBatch parsed, final int i)
    {
        final long received = parsed.transport[i];
        final boolean hasAck = (parsed.tcpFlags[i] & Tcp.ACK) != 0;
        final int sequence = hasAck ? Tcp.acknowledgement(received) : 0;
        final int acknowledgement = hasAck ? 0 : Tcp.sequence(received) + segmentLength(parsed, i);
        final int flags = hasAck ? Tcp.RST : Tcp.RST | Tcp.ACK;

        final long frame = batch.address[i];
        LinkReply.turnRound(frame);
        final long ip = frame + Ethernet.HEADER_LENGTH;
        final int ipHeaderLength = parsed.isIpv6[i] ? Ipv6.HEADER_LENGTH : Ipv4.MIN_HEADER_LENGTH;
        final long tcp = ip + ipHeaderLength;
        Tcp.write(tcp, parsed.destinationPort[i], parsed.sourcePort[i], sequence, acknowledgement, flags);
        if (parsed.isIpv6[i])
        {
            Ipv6.write(ip, Tcp.MIN_HEADER_LENGTH, IpProtocol.TCP);
            Ipv6.source(ip, parsed.destinationHigh[i], parsed.destinationLow[i]);
            Ipv6.destination(ip, parsed.sourceHigh[i], parsed.sourceLow[i]);
            Tcp.checksum(tcp, PseudoHeader.ipv6Checksum(ip, IpProtocol.TCP, tcp, Tcp.MIN_HEADER_LENGTH));
        }
        else
        {
            Ipv4.write(ip, ipHeaderLength + Tcp.MIN_HEADER_LENGTH, IpProtocol.TCP,
                (int)parsed.destinationLow[i], (int)parsed.sourceLow[i]);
            Tcp.checksum(tcp, PseudoHeader.ipv4Checksum(ip, IpProtocol.TCP, tcp, Tcp.MIN_HEADER_LENGTH));
        }
        batch.length[i] = Ethernet.HEADER_LENGTH + ipHeaderLength + Tcp.MIN_HEADER_LENGTH;
        batch.flags[i] = 0;
        batch.egress[i] = batch.ingress[i];
    }

    /** SYN and FIN take a place in the sequence (RFC 9293 section 3.4). */
    private static int segmentLength(final ParsedBatch parsed, final int i)
    {
        final long tcp = parsed.transport[i];
        final int payload = (int)(parsed.network[i] + parsed.ipLength[i] - tcp) - Tcp.headerLength(tcp);
        final int flags = parsed.tcpFlags[i];
        return payload + ((flags & Tcp.SYN) != 0 ? 1 : 0) + ((flags & Tcp.FIN) != 0 ? 1 : 0);
    }
}
