package org.headrace.forwarder.answer;

import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.PseudoHeader;
import org.headrace.forwarder.wire.Tcp;

/**
 * Writes a TCP reset into a frame, from the IP header on, checksums included (RFC 9293 section 3.5.2). Addresses first,
 * then the segment.
 */
public final class ResetSegment
{
    /** Length of the frame over IPv4, in bytes. */
    public static final int IPV4_FRAME_LENGTH =
        Ethernet.HEADER_LENGTH + Ipv4.MIN_HEADER_LENGTH + Tcp.MIN_HEADER_LENGTH;
    /** Length of the frame over IPv6, in bytes. */
    public static final int IPV6_FRAME_LENGTH = Ethernet.HEADER_LENGTH + Ipv6.HEADER_LENGTH + Tcp.MIN_HEADER_LENGTH;

    private ResetSegment()
    {
    }

    /** @param frame first byte. @param source IPv4 address. @param destination IPv4 address. */
    public static void ipv4(final long frame, final int source, final int destination)
    {
        Ipv4.write(frame + Ethernet.HEADER_LENGTH, Ipv4.MIN_HEADER_LENGTH + Tcp.MIN_HEADER_LENGTH, IpProtocol.TCP,
            source, destination);
    }

    /**
     * @param frame           first byte.
     * @param sourceHigh      first half of the IPv6 source address.
     * @param sourceLow       second half.
     * @param destinationHigh first half of the IPv6 destination address.
     * @param destinationLow  second half.
     */
    public static void ipv6(
        final long frame,
        final long sourceHigh,
        final long sourceLow,
        final long destinationHigh,
        final long destinationLow)
    {
        final long ip = frame + Ethernet.HEADER_LENGTH;
        Ipv6.write(ip, Tcp.MIN_HEADER_LENGTH, IpProtocol.TCP);
        Ipv6.source(ip, sourceHigh, sourceLow);
        Ipv6.destination(ip, destinationHigh, destinationLow);
    }

    /**
     * @param frame           first byte; the IP header is there.
     * @param isIpv6          or IPv4.
     * @param sourcePort      0 to 65535.
     * @param destinationPort 0 to 65535.
     * @param sequence        sequence number.
     * @param acknowledgement acknowledgement number.
     * @param flags           RST, and ACK if the acknowledgement number is to count.
     * @return length of the frame in bytes.
     */
    public static int segment(
        final long frame,
        final boolean isIpv6,
        final int sourcePort,
        final int destinationPort,
        final int sequence,
        final int acknowledgement,
        final int flags)
    {
        final long ip = frame + Ethernet.HEADER_LENGTH;
        final long tcp = ip + (isIpv6 ? Ipv6.HEADER_LENGTH : Ipv4.MIN_HEADER_LENGTH);
        Tcp.write(tcp, sourcePort, destinationPort, sequence, acknowledgement, flags);
        Tcp.checksum(tcp, isIpv6 ?
            PseudoHeader.ipv6Checksum(ip, IpProtocol.TCP, tcp, Tcp.MIN_HEADER_LENGTH) :
            PseudoHeader.ipv4Checksum(ip, IpProtocol.TCP, tcp, Tcp.MIN_HEADER_LENGTH));
        return isIpv6 ? IPV6_FRAME_LENGTH : IPV4_FRAME_LENGTH;
    }
}
