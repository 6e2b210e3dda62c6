package org.headrace.forwarder.answer;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.parse.ParsedBatch;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.Icmp;
import org.headrace.forwarder.wire.InternetChecksum;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.PseudoHeader;

/**
 * Turns a packet into the ICMP error about it (RFC 792; RFC 4443 section 3): the packet stays where it is and is
 * quoted, the new headers go in front of it, into the frame's headroom.
 *
 * <p>The error's source is the address that the packet was sent to: the service, as its client knows it.
 */
public final class IcmpErrorAnswer
{
    /** An IPv4 error is at most 576 bytes long (RFC 1812 section 4.3.2.3). */
    private static final int MAX_IPV4_ERROR_LENGTH = 576;
    /** An IPv6 error is at most the minimum MTU long (RFC 4443 section 2.4). */
    private static final int MAX_IPV6_ERROR_LENGTH = 1280;

    private static final int V4_UNREACHABLE = 3;
    private static final int V4_PORT = 3;
    private static final int V4_FRAGMENTATION_NEEDED = 4;
    private static final int V4_TIME_EXCEEDED = 11;
    private static final int V6_UNREACHABLE = 1;
    private static final int V6_PORT = 4;
    private static final int V6_TOO_BIG = 2;
    private static final int V6_TIME_EXCEEDED = 3;

    /** @param batch of frames. @param parsed of the batch. @param i the packet that nobody takes. */
    public void portUnreachable(final PacketBatch batch, final ParsedBatch parsed, final int i)
    {
        write(batch, parsed, i, parsed.isIpv6(i) ? V6_UNREACHABLE : V4_UNREACHABLE,
            parsed.isIpv6(i) ? V6_PORT : V4_PORT, 0);
    }

    /** @param batch of frames. @param parsed of the batch. @param i the packet whose time to live is used up. */
    public void timeExceeded(final PacketBatch batch, final ParsedBatch parsed, final int i)
    {
        write(batch, parsed, i, parsed.isIpv6(i) ? V6_TIME_EXCEEDED : V4_TIME_EXCEEDED, 0, 0);
    }

    /**
     * @param batch    of frames.
     * @param parsed   of the batch.
     * @param i        the packet that does not fit.
     * @param mtuBytes of the way out (RFC 1191 section 4; RFC 4443 section 3.2).
     */
    public void tooBig(final PacketBatch batch, final ParsedBatch parsed, final int i, final int mtuBytes)
    {
        write(batch, parsed, i, parsed.isIpv6(i) ? V6_TOO_BIG : V4_UNREACHABLE,
            parsed.isIpv6(i) ? 0 : V4_FRAGMENTATION_NEEDED, mtuBytes);
    }

    private static void write(
        final PacketBatch batch, final ParsedBatch parsed, final int i, final int type, final int code, final int rest)
    {
        final boolean isIpv6 = parsed.isIpv6(i);
        final int headers = (isIpv6 ? Ipv6.HEADER_LENGTH : Ipv4.MIN_HEADER_LENGTH) + Icmp.HEADER_LENGTH;
        final int maxQuote = (isIpv6 ? MAX_IPV6_ERROR_LENGTH : MAX_IPV4_ERROR_LENGTH) - headers;
        final int quote = Math.min(parsed.ipLength(i), maxQuote);

        final long received = batch.address(i);
        final long destinationMac = Ethernet.source(received);
        final long sourceMac = Ethernet.destination(received);
        final int etherType = Ethernet.type(received);
        final long frame = received - headers;
        Ethernet.destination(frame, destinationMac);
        Ethernet.source(frame, sourceMac);
        Ethernet.type(frame, etherType);

        final long ip = frame + Ethernet.HEADER_LENGTH;
        final long icmp = ip + headers - Icmp.HEADER_LENGTH;
        final int icmpLength = Icmp.HEADER_LENGTH + quote;
        Icmp.write(icmp, type, code, rest);
        if (isIpv6)
        {
            Ipv6.write(ip, icmpLength, IpProtocol.ICMPV6);
            Ipv6.source(ip, parsed.destinationHigh(i), parsed.destinationLow(i));
            Ipv6.destination(ip, parsed.sourceHigh(i), parsed.sourceLow(i));
            Icmp.checksum(icmp, PseudoHeader.ipv6Checksum(ip, IpProtocol.ICMPV6, icmp, icmpLength));
        }
        else
        {
            Ipv4.write(ip, headers + quote, IpProtocol.ICMP, (int)parsed.destinationLow(i), (int)parsed.sourceLow(i));
            Icmp.checksum(icmp, InternetChecksum.ofBytes(icmp, icmpLength));
        }
        batch.address(i, frame);
        batch.length(i, Ethernet.HEADER_LENGTH + headers + quote);
        batch.flags(i, 0);
        batch.egress(i, batch.ingress(i));
    }
}
