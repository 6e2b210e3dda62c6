package org.headrace.forwarder.answer;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.parse.ParsedBatch;
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
        final long received = parsed.transport(i);
        final boolean hasAck = (parsed.tcpFlags(i) & Tcp.ACK) != 0;
        final int sequence = hasAck ? Tcp.acknowledgement(received) : 0;
        final int acknowledgement = hasAck ? 0 : Tcp.sequence(received) + segmentLength(parsed, i);
        final int flags = hasAck ? Tcp.RST : Tcp.RST | Tcp.ACK;

        final long frame = batch.address(i);
        LinkReply.turnRound(frame);
        if (parsed.isIpv6(i))
        {
            ResetSegment.ipv6(frame, parsed.destinationHigh(i), parsed.destinationLow(i), parsed.sourceHigh(i),
                parsed.sourceLow(i));
        }
        else
        {
            ResetSegment.ipv4(frame, (int)parsed.destinationLow(i), (int)parsed.sourceLow(i));
        }
        batch.length(i, ResetSegment.segment(frame, parsed.isIpv6(i), parsed.destinationPort(i),
            parsed.sourcePort(i), sequence, acknowledgement, flags));
        batch.flags(i, 0);
        batch.egress(i, batch.ingress(i));
    }

    /** SYN and FIN take a place in the sequence (RFC 9293 section 3.4). */
    private static int segmentLength(final ParsedBatch parsed, final int i)
    {
        final long tcp = parsed.transport(i);
        final int payload = (int)(parsed.network(i) + parsed.ipLength(i) - tcp) - Tcp.headerLength(tcp);
        final int flags = parsed.tcpFlags(i);
        return payload + ((flags & Tcp.SYN) != 0 ? 1 : 0) + ((flags & Tcp.FIN) != 0 ? 1 : 0);
    }
}
