package org.headrace.forwarder.parse;

import static org.headrace.protocol.counters.DropReason.BAD_ADDRESS;
import static org.headrace.protocol.counters.DropReason.BAD_IP_CHECKSUM;
import static org.headrace.protocol.counters.DropReason.BAD_IP_HEADER;
import static org.headrace.protocol.counters.DropReason.FRAGMENT;
import static org.headrace.protocol.counters.DropReason.NOT_IP;
import static org.headrace.protocol.counters.DropReason.PROTOCOL_NOT_SERVED;
import static org.headrace.protocol.counters.DropReason.TRUNCATED;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.InternetChecksum;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;

/**
 * Finds the headers of a frame and refuses what lies about itself. No byte is read before the frame's length says that
 * it is there; afterwards every header that {@link ParsedBatch} names lies wholly inside the frame.
 */
public final class PacketParser
{
    /** The packet is sound; the pipeline goes on with it. */
    public static final int SOUND = 3;

    private static final int LOOPBACK_NET = 127;
    private static final int FIRST_MULTICAST_NET = 224;
    private static final int IPV6_MULTICAST_BYTE = 0xFF;
    private static final long IPV6_LOOPBACK_LOW = 1;

    private final TransportParser transportParser = new TransportParser();
    private final Ipv6ExtensionWalker extensions = new Ipv6ExtensionWalker();

    /**
     * @param batch  of frames.
     * @param i      which.
     * @param parsed row i is filled.
     * @return {@link #SOUND} or a drop verdict.
     */
    public int parse(final PacketBatch batch, final int i, final ParsedBatch parsed)
    {
        final long frame = batch.address(i);
        final int available = batch.length(i) - Ethernet.HEADER_LENGTH;
        if (available < Ipv4.MIN_HEADER_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        final long ip = frame + Ethernet.HEADER_LENGTH;
        parsed.network(i, ip);
        parsed.quoted(i, 0);
        parsed.tcpFlags(i, 0);
        return switch (Ethernet.type(frame))
        {
            case Ethernet.TYPE_IPV4 -> parseIpv4(ip, available, i, parsed);
            case Ethernet.TYPE_IPV6 -> parseIpv6(ip, available, i, parsed);
            default -> Verdict.drop(NOT_IP);
        };
    }

    private int parseIpv4(final long ip, final int available, final int i, final ParsedBatch parsed)
    {
        if (Ipv4.version(ip) != 4)
        {
            return Verdict.drop(NOT_IP);
        }
        final int headerLength = Ipv4.headerLength(ip);
        final int totalLength = Ipv4.totalLength(ip);
        if (headerLength < Ipv4.MIN_HEADER_LENGTH || totalLength < headerLength)
        {
            return Verdict.drop(BAD_IP_HEADER);
        }
        if (totalLength > available)
        {
            return Verdict.drop(TRUNCATED);
        }
        if (!InternetChecksum.isRight(ip, headerLength))
        {
            return Verdict.drop(BAD_IP_CHECKSUM);
        }
        final int source = Ipv4.source(ip);
        final int destination = Ipv4.destination(ip);
        if (isImpossibleSource(source) || source == destination)
        {
            return Verdict.drop(BAD_ADDRESS);
        }
        if ((Ipv4.fragment(ip) & (Ipv4.MORE_FRAGMENTS | Ipv4.FRAGMENT_OFFSET_MASK)) != 0)
        {
            return Verdict.drop(FRAGMENT);
        }
        parsed.isIpv6(i, false);
        parsed.ipLength(i, totalLength);
        parsed.transport(i, ip + headerLength);
        parsed.sourceHigh(i, 0);
        parsed.sourceLow(i, source & 0xFFFF_FFFFL);
        parsed.destinationHigh(i, 0);
        parsed.destinationLow(i, destination & 0xFFFF_FFFFL);
        final int length = totalLength - headerLength;
        final int protocol = Ipv4.protocol(ip);
        parsed.protocol(i, protocol);
        return switch (protocol)
        {
            case IpProtocol.TCP -> transportParser.parseTcp(length, i, parsed);
            case IpProtocol.UDP -> transportParser.parseUdp(length, i, parsed);
            case IpProtocol.ICMP -> transportParser.parseIpv4Error(length, i, parsed);
            default -> Verdict.drop(PROTOCOL_NOT_SERVED);
        };
    }

    private int parseIpv6(final long ip, final int available, final int i, final ParsedBatch parsed)
    {
        if (available < Ipv6.HEADER_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        if (Ipv6.version(ip) != 6)
        {
            return Verdict.drop(NOT_IP);
        }
        final int payloadLength = Ipv6.payloadLength(ip);
        if (payloadLength == 0)
        {
            return Verdict.drop(BAD_IP_HEADER);
        }
        if (payloadLength > available - Ipv6.HEADER_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        final long sourceHigh = Ipv6.sourceHigh(ip);
        final long sourceLow = Ipv6.sourceLow(ip);
        final long destinationHigh = Ipv6.destinationHigh(ip);
        final long destinationLow = Ipv6.destinationLow(ip);
        if (sourceHigh >>> 56 == IPV6_MULTICAST_BYTE || sourceHigh == 0 && sourceLow <= IPV6_LOOPBACK_LOW &&
            sourceLow >= 0 || sourceLow == destinationLow && sourceHigh == destinationHigh)
        {
            return Verdict.drop(BAD_ADDRESS);
        }
        final int walked = extensions.walk(ip + Ipv6.HEADER_LENGTH, payloadLength, Ipv6.nextHeader(ip));
        if (Verdict.isDrop(walked))
        {
            return walked;
        }
        parsed.isIpv6(i, true);
        parsed.ipLength(i, Ipv6.HEADER_LENGTH + payloadLength);
        parsed.transport(i, ip + Ipv6.HEADER_LENGTH + extensions.lengthBytes());
        parsed.sourceHigh(i, sourceHigh);
        parsed.sourceLow(i, sourceLow);
        parsed.destinationHigh(i, destinationHigh);
        parsed.destinationLow(i, destinationLow);
        final int length = payloadLength - extensions.lengthBytes();
        final int protocol = extensions.protocol();
        parsed.protocol(i, protocol);
        return switch (protocol)
        {
            case IpProtocol.TCP -> transportParser.parseTcp(length, i, parsed);
            case IpProtocol.UDP -> transportParser.parseUdp(length, i, parsed);
            case IpProtocol.ICMPV6 -> transportParser.parseIpv6Error(length, i, parsed);
            default -> Verdict.drop(PROTOCOL_NOT_SERVED);
        };
    }

    /** Unspecified, loopback, multicast, reserved and broadcast (RFC 1122 section 3.2.1.3). */
    private static boolean isImpossibleSource(final int address)
    {
        final int net = address >>> 24;
        return net == 0 || net == LOOPBACK_NET || net >= FIRST_MULTICAST_NET;
    }
}
