package org.headrace.perf.generate.tcp;

import static org.headrace.forwarder.linux.NativeMemory.putNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkShort;

import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.InternetChecksum;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.Ports;
import org.headrace.forwarder.wire.Tcp;

/**
 * A TCP segment with everything below it, as fields: read from a frame, or to be written to one. It is used again and
 * again by one thread. IPv4 addresses stand in the low 32 bits of the low halves.
 */
final class Segment
{
    /** Its data should go to the application at once. */
    static final int PSH = 0x08;

    private static final int WINDOW = 0xFFFF;
    private static final int WINDOW_OFFSET = 14;
    private static final int FLAGS_OFFSET = 12;
    private static final int MSS_OPTION = 0x0204_0000;
    private static final int MSS_OPTION_LENGTH = 4;
    private static final int IPV4_MSS = 1460;
    private static final int IPV6_MSS = 1440;
    private static final int HEADER_WORD_SHIFT = 10;

    boolean isIpv6;
    long sourceMac;
    long targetMac;
    long sourceHigh;
    long sourceLow;
    long targetHigh;
    long targetLow;
    int sourcePort;
    int targetPort;
    int sequence;
    int acknowledgement;
    int flags;
    int dataLength;

    /** Longest frame of a segment with so much data. */
    static int frameLength(final boolean isIpv6, final int dataLength)
    {
        return Ethernet.HEADER_LENGTH + (isIpv6 ? Ipv6.HEADER_LENGTH : Ipv4.MIN_HEADER_LENGTH) +
            Tcp.MIN_HEADER_LENGTH + MSS_OPTION_LENGTH + dataLength;
    }

    /**
     * Reads a frame. Checksums are not looked at: on virtual links a kernel leaves them to a card that is not there.
     *
     * @return false if it is no whole TCP header over IPv4 or IPv6; then the fields mean nothing.
     */
    boolean read(final long frame, final int lengthBytes)
    {
        if (lengthBytes < Ethernet.HEADER_LENGTH + Ipv4.MIN_HEADER_LENGTH + Tcp.MIN_HEADER_LENGTH)
        {
            return false;
        }
        final long ip = frame + Ethernet.HEADER_LENGTH;
        final int ipBytes = lengthBytes - Ethernet.HEADER_LENGTH;
        final int type = Ethernet.type(frame);
        final int headerLength;
        final int ipLength;
        if (type == Ethernet.TYPE_IPV4 && Ipv4.version(ip) == 4 && Ipv4.protocol(ip) == IpProtocol.TCP &&
            (Ipv4.fragment(ip) & (Ipv4.FRAGMENT_OFFSET_MASK | Ipv4.MORE_FRAGMENTS)) == 0)
        {
            isIpv6 = false;
            headerLength = Ipv4.headerLength(ip);
            ipLength = Ipv4.totalLength(ip);
            sourceHigh = 0;
            sourceLow = Ipv4.source(ip) & 0xFFFF_FFFFL;
            targetHigh = 0;
            targetLow = Ipv4.destination(ip) & 0xFFFF_FFFFL;
        }
        else if (type == Ethernet.TYPE_IPV6 && ipBytes >= Ipv6.HEADER_LENGTH && Ipv6.nextHeader(ip) == IpProtocol.TCP)
        {
            isIpv6 = true;
            headerLength = Ipv6.HEADER_LENGTH;
            ipLength = Ipv6.HEADER_LENGTH + Ipv6.payloadLength(ip);
            sourceHigh = Ipv6.sourceHigh(ip);
            sourceLow = Ipv6.sourceLow(ip);
            targetHigh = Ipv6.destinationHigh(ip);
            targetLow = Ipv6.destinationLow(ip);
        }
        else
        {
            return false;
        }
        sourceMac = Ethernet.source(frame);
        targetMac = Ethernet.destination(frame);
        return ipBytes >= headerLength + Tcp.MIN_HEADER_LENGTH && readTcp(ip + headerLength, ipLength - headerLength);
    }

    private boolean readTcp(final long tcp, final int lengthBytes)
    {
        sourcePort = Ports.source(tcp);
        targetPort = Ports.destination(tcp);
        sequence = Tcp.sequence(tcp);
        acknowledgement = Tcp.acknowledgement(tcp);
        flags = Tcp.flags(tcp);
        dataLength = lengthBytes - Tcp.headerLength(tcp);
        return Tcp.headerLength(tcp) >= Tcp.MIN_HEADER_LENGTH && dataLength >= 0;
    }

    boolean has(final int flag)
    {
        return (flags & flag) != 0;
    }

    /** Number of the byte that follows it: SYN and FIN count as one each. */
    int end()
    {
        return sequence + dataLength + (has(Tcp.SYN) ? 1 : 0) + (has(Tcp.FIN) ? 1 : 0);
    }

    /** Makes this the start of an answer: from where the other went to, to where it came from. */
    void turn(final Segment other)
    {
        isIpv6 = other.isIpv6;
        sourceMac = other.targetMac;
        targetMac = other.sourceMac;
        sourceHigh = other.targetHigh;
        sourceLow = other.targetLow;
        targetHigh = other.sourceHigh;
        targetLow = other.sourceLow;
        sourcePort = other.targetPort;
        targetPort = other.sourcePort;
    }

    /**
     * Writes the frame.
     *
     * @param frame where to.
     * @param data  of the segment.
     * @return its length.
     */
    int write(final long frame, final Payload data)
    {
        final int options = has(Tcp.SYN) ? MSS_OPTION_LENGTH : 0;
        final int tcpLength = Tcp.MIN_HEADER_LENGTH + options + data.length();
        final int headerLength = isIpv6 ? Ipv6.HEADER_LENGTH : Ipv4.MIN_HEADER_LENGTH;
        final long ip = frame + Ethernet.HEADER_LENGTH;
        final long tcp = ip + headerLength;
        Ethernet.destination(frame, targetMac);
        Ethernet.source(frame, sourceMac);
        Ethernet.type(frame, isIpv6 ? Ethernet.TYPE_IPV6 : Ethernet.TYPE_IPV4);
        Tcp.write(tcp, sourcePort, targetPort, sequence, acknowledgement, flags);
        putNetworkShort(tcp + WINDOW_OFFSET, WINDOW);
        if (options != 0)
        {
            putNetworkShort(tcp + FLAGS_OFFSET, Tcp.MIN_HEADER_LENGTH + options << HEADER_WORD_SHIFT | flags);
            putNetworkInt(tcp + Tcp.MIN_HEADER_LENGTH, MSS_OPTION | (isIpv6 ? IPV6_MSS : IPV4_MSS));
        }
        data.write(tcp + Tcp.MIN_HEADER_LENGTH + options);
        final long addresses = writeIp(ip, headerLength + tcpLength);
        final long sum = addresses + IpProtocol.TCP + tcpLength +
            InternetChecksum.sum(tcp, Tcp.MIN_HEADER_LENGTH + options) + data.sum();
        Tcp.checksum(tcp, ~InternetChecksum.fold(sum) & 0xFFFF);
        return Ethernet.HEADER_LENGTH + headerLength + tcpLength;
    }

    /** Returns the sum of the addresses. */
    private long writeIp(final long ip, final int totalLength)
    {
        if (!isIpv6)
        {
            Ipv4.write(ip, totalLength, IpProtocol.TCP, (int)sourceLow, (int)targetLow);
            return sourceLow + targetLow;
        }
        Ipv6.write(ip, totalLength - Ipv6.HEADER_LENGTH, IpProtocol.TCP);
        Ipv6.source(ip, sourceHigh, sourceLow);
        Ipv6.destination(ip, targetHigh, targetLow);
        return sum(sourceHigh) + sum(sourceLow) + sum(targetHigh) + sum(targetLow);
    }

    private static long sum(final long value)
    {
        return (value >>> Integer.SIZE) + (value & 0xFFFF_FFFFL);
    }
}
