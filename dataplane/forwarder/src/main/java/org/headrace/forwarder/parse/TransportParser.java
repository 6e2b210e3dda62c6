package org.headrace.forwarder.parse;

import static org.headrace.protocol.counters.DropReason.BAD_L4_HEADER;
import static org.headrace.protocol.counters.DropReason.BAD_TCP_FLAGS;
import static org.headrace.protocol.counters.DropReason.FRAGMENT;
import static org.headrace.protocol.counters.DropReason.ICMP_UNRELATED;
import static org.headrace.protocol.counters.DropReason.PROTOCOL_NOT_SERVED;
import static org.headrace.protocol.counters.DropReason.TRUNCATED;

import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.wire.Icmp;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.Ports;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.forwarder.wire.Udp;

/** Reads TCP, UDP and ICMP error headers whose first byte {@link ParsedBatch#transport} names. */
final class TransportParser
{
    /** An ICMP error quotes the IP header and at least eight bytes after it (RFC 792); a longer quote is not needed. */
    private static final int MIN_QUOTED_TRANSPORT_LENGTH = 8;

    private final Ipv6ExtensionWalker quotedExtensions = new Ipv6ExtensionWalker();

    /**
     * @param length bytes of the transport header and what follows it, vouched for.
     * @param i      row.
     * @param parsed is completed.
     * @return {@link PacketParser#SOUND} or a drop verdict.
     */
    int parseTcp(final int length, final int i, final ParsedBatch parsed)
    {
        if (length < Tcp.MIN_HEADER_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        final long tcp = parsed.transport(i);
        final int headerLength = Tcp.headerLength(tcp);
        if (headerLength < Tcp.MIN_HEADER_LENGTH || headerLength > length)
        {
            return Verdict.drop(BAD_L4_HEADER);
        }
        final int flags = Tcp.flags(tcp);
        final int controls = flags & (Tcp.SYN | Tcp.FIN | Tcp.RST | Tcp.ACK);
        if (controls == 0 || (flags & Tcp.SYN) != 0 && (flags & (Tcp.FIN | Tcp.RST)) != 0)
        {
            return Verdict.drop(BAD_TCP_FLAGS);
        }
        parsed.tcpFlags(i, flags);
        readPorts(i, parsed);
        return PacketParser.SOUND;
    }

    /**
     * @param length bytes of the transport header and what follows it, vouched for.
     * @param i      row.
     * @param parsed is completed.
     * @return {@link PacketParser#SOUND} or a drop verdict.
     */
    int parseUdp(final int length, final int i, final ParsedBatch parsed)
    {
        if (length < Udp.HEADER_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        final int udpLength = Udp.length(parsed.transport(i));
        if (udpLength < Udp.HEADER_LENGTH || udpLength > length)
        {
            return Verdict.drop(BAD_L4_HEADER);
        }
        readPorts(i, parsed);
        return PacketParser.SOUND;
    }

    /**
     * @param length bytes of the ICMP header and what follows it, vouched for.
     * @param i      row.
     * @param parsed is completed from the quoted packet.
     * @return {@link PacketParser#SOUND} or a drop verdict.
     */
    int parseIpv4Error(final int length, final int i, final ParsedBatch parsed)
    {
        if (length < Icmp.HEADER_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        final long icmp = parsed.transport(i);
        if (!Icmp.isIpv4Error(Icmp.type(icmp)))
        {
            return Verdict.drop(PROTOCOL_NOT_SERVED);
        }
        final long quoted = icmp + Icmp.HEADER_LENGTH;
        final int available = length - Icmp.HEADER_LENGTH;
        if (available < Ipv4.MIN_HEADER_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        final int headerLength = Ipv4.headerLength(quoted);
        if (Ipv4.version(quoted) != 4 || headerLength < Ipv4.MIN_HEADER_LENGTH)
        {
            return Verdict.drop(BAD_L4_HEADER);
        }
        if (available - headerLength < MIN_QUOTED_TRANSPORT_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        if ((Ipv4.fragment(quoted) & Ipv4.FRAGMENT_OFFSET_MASK) != 0)
        {
            return Verdict.drop(FRAGMENT);
        }
        parsed.sourceLow(i, Ipv4.destination(quoted) & 0xFFFF_FFFFL);
        parsed.destinationLow(i, Ipv4.source(quoted) & 0xFFFF_FFFFL);
        return quote(quoted, quoted + headerLength, Ipv4.protocol(quoted), i, parsed);
    }

    /**
     * @param length bytes of the ICMP header and what follows it, vouched for.
     * @param i      row.
     * @param parsed is completed from the quoted packet.
     * @return {@link PacketParser#SOUND} or a drop verdict.
     */
    int parseIpv6Error(final int length, final int i, final ParsedBatch parsed)
    {
        if (length < Icmp.HEADER_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        final long icmp = parsed.transport(i);
        if (!Icmp.isIpv6Error(Icmp.type(icmp)))
        {
            return Verdict.drop(PROTOCOL_NOT_SERVED);
        }
        final long quoted = icmp + Icmp.HEADER_LENGTH;
        final int available = length - Icmp.HEADER_LENGTH - Ipv6.HEADER_LENGTH;
        if (available < MIN_QUOTED_TRANSPORT_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        if (Ipv6.version(quoted) != 6)
        {
            return Verdict.drop(BAD_L4_HEADER);
        }
        final int walked = quotedExtensions.walk(quoted + Ipv6.HEADER_LENGTH, available, Ipv6.nextHeader(quoted));
        if (Verdict.isDrop(walked))
        {
            return walked;
        }
        if (available - quotedExtensions.lengthBytes() < MIN_QUOTED_TRANSPORT_LENGTH)
        {
            return Verdict.drop(TRUNCATED);
        }
        parsed.sourceHigh(i, Ipv6.destinationHigh(quoted));
        parsed.sourceLow(i, Ipv6.destinationLow(quoted));
        parsed.destinationHigh(i, Ipv6.sourceHigh(quoted));
        parsed.destinationLow(i, Ipv6.sourceLow(quoted));
        final long transport = quoted + Ipv6.HEADER_LENGTH + quotedExtensions.lengthBytes();
        return quote(quoted, transport, quotedExtensions.protocol(), i, parsed);
    }

    private static int quote(
        final long quoted, final long transport, final int protocol, final int i, final ParsedBatch parsed)
    {
        if (protocol != IpProtocol.TCP && protocol != IpProtocol.UDP)
        {
            return Verdict.drop(ICMP_UNRELATED);
        }
        parsed.quoted(i, quoted);
        parsed.quotedTransport(i, transport);
        parsed.protocol(i, protocol);
        parsed.sourcePort(i, Ports.destination(transport));
        parsed.destinationPort(i, Ports.source(transport));
        return PacketParser.SOUND;
    }

    private static void readPorts(final int i, final ParsedBatch parsed)
    {
        parsed.sourcePort(i, Ports.source(parsed.transport(i)));
        parsed.destinationPort(i, Ports.destination(parsed.transport(i)));
    }
}
