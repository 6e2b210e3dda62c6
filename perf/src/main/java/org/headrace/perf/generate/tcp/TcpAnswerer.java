package org.headrace.perf.generate.tcp;

import static org.headrace.forwarder.linux.NativeMemory.copy;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.Ports;
import org.headrace.forwarder.wire.PseudoHeader;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.perf.generate.link.FrameHandler;
import org.headrace.perf.generate.link.FrameLink;

/**
 * The servers' ends of any number of TCP connections, without remembering one: each segment is answered from what it
 * says itself. A SYN gets a SYN-ACK, data an acknowledgement with the response, a FIN a FIN; nothing is ever repeated
 * unasked. UDP to the same port comes back as it was.
 */
public final class TcpAnswerer implements FrameHandler
{
    private static final int UDP_HEADER = 8;
    private static final int UDP_LENGTH = 4;
    private static final int UDP_CHECKSUM = 6;
    private static final int HASH = 0x9E37_79B9;

    private final FrameLink link;
    private final long mac;
    private final int port;
    private final Payload response;
    private final Segment in = new Segment();
    private final Segment out = new Segment();
    private long syns;
    private long requests;
    private long fins;
    private long resets;
    private long datagrams;

    /**
     * @param link     to answer on.
     * @param mac      of its interface; frames to others are left alone.
     * @param port     to answer at.
     * @param response to each segment with data; it must fit a segment.
     */
    public TcpAnswerer(final FrameLink link, final long mac, final int port, final Payload response)
    {
        this.link = link;
        this.mac = mac;
        this.port = port;
        this.response = response;
    }

    @Override
    public void onFrame(final long frame, final int lengthBytes)
    {
        if (!in.read(frame, lengthBytes))
        {
            onDatagram(frame, lengthBytes);
        }
        else if (in.targetPort == port && in.targetMac == mac)
        {
            onSegment();
        }
    }

    private void onSegment()
    {
        if (in.has(Tcp.RST))
        {
            resets++;
        }
        else if (in.has(Tcp.SYN))
        {
            syns++;
            answer(Tcp.SYN | Tcp.ACK, firstSequence(), Payload.NONE);
        }
        else if (in.has(Tcp.FIN))
        {
            fins++;
            answer(Tcp.FIN | Tcp.ACK, in.acknowledgement, Payload.NONE);
        }
        else if (in.dataLength > 0)
        {
            requests++;
            answer(response.length() > 0 ? Tcp.ACK | Segment.PSH : Tcp.ACK, in.acknowledgement, response);
        }
    }

    /** The same for the same SYN, so that a repeated one gets the same answer. */
    private int firstSequence()
    {
        final long mixed = (in.sourceLow ^ in.sequence) * HASH + in.sourcePort;
        return (int)(mixed ^ mixed >>> Integer.SIZE) * HASH;
    }

    private void answer(final int flags, final int sequence, final Payload data)
    {
        final long frame = link.claim();
        if (frame == 0)
        {
            return;
        }
        out.turn(in);
        out.flags = flags;
        out.sequence = sequence;
        out.acknowledgement = in.end();
        link.commit(out.write(frame, data));
    }

    private void onDatagram(final long frame, final int lengthBytes)
    {
        final long ip = frame + Ethernet.HEADER_LENGTH;
        final int ipBytes = lengthBytes - Ethernet.HEADER_LENGTH;
        final int type = ipBytes < Ipv4.MIN_HEADER_LENGTH + UDP_HEADER ? 0 : Ethernet.type(frame);
        final boolean isIpv4 = type == Ethernet.TYPE_IPV4 && Ipv4.protocol(ip) == IpProtocol.UDP &&
            Ipv4.headerLength(ip) == Ipv4.MIN_HEADER_LENGTH;
        final boolean isIpv6 = type == Ethernet.TYPE_IPV6 && ipBytes >= Ipv6.HEADER_LENGTH + UDP_HEADER &&
            Ipv6.nextHeader(ip) == IpProtocol.UDP;
        if (!isIpv4 && !isIpv6 || Ethernet.destination(frame) != mac)
        {
            return;
        }
        final int headerLength = isIpv4 ? Ipv4.MIN_HEADER_LENGTH : Ipv6.HEADER_LENGTH;
        final int udpLength = NativeMemory.getNetworkShort(ip + headerLength + UDP_LENGTH);
        final boolean isWhole = udpLength >= UDP_HEADER && headerLength + udpLength <= ipBytes;
        if (!isWhole || Ports.destination(ip + headerLength) != port)
        {
            return;
        }
        final long reply = link.claim();
        if (reply == 0)
        {
            return;
        }
        datagrams++;
        copy(frame, reply, Ethernet.HEADER_LENGTH + headerLength + udpLength);
        returnToSender(reply, isIpv4, udpLength);
        link.commit(Ethernet.HEADER_LENGTH + headerLength + udpLength);
    }

    /** Exchanges the ends, and makes the checksum anew: a kernel may have left it to a card that is not there. */
    private void returnToSender(final long frame, final boolean isIpv4, final int udpLength)
    {
        final long ip = frame + Ethernet.HEADER_LENGTH;
        final long udp = ip + (isIpv4 ? Ipv4.MIN_HEADER_LENGTH : Ipv6.HEADER_LENGTH);
        Ethernet.destination(frame, Ethernet.source(frame));
        Ethernet.source(frame, mac);
        final int sourcePort = Ports.source(udp);
        Ports.source(udp, port);
        Ports.destination(udp, sourcePort);
        NativeMemory.putNetworkShort(udp + UDP_CHECKSUM, 0);
        final int checksum;
        if (isIpv4)
        {
            Ipv4.write(ip, Ipv4.MIN_HEADER_LENGTH + udpLength, IpProtocol.UDP, Ipv4.destination(ip), Ipv4.source(ip));
            checksum = PseudoHeader.ipv4Checksum(ip, IpProtocol.UDP, udp, udpLength);
        }
        else
        {
            final long high = Ipv6.sourceHigh(ip);
            final long low = Ipv6.sourceLow(ip);
            Ipv6.source(ip, Ipv6.destinationHigh(ip), Ipv6.destinationLow(ip));
            Ipv6.destination(ip, high, low);
            Ipv6.write(ip, udpLength, IpProtocol.UDP);
            checksum = PseudoHeader.ipv6Checksum(ip, IpProtocol.UDP, udp, udpLength);
        }
        NativeMemory.putNetworkShort(udp + UDP_CHECKSUM, checksum == 0 ? 0xFFFF : checksum);
    }

    /** @return SYNs answered. */
    public long syns()
    {
        return syns;
    }

    /** @return segments with data answered. */
    public long requests()
    {
        return requests;
    }

    /** @return FINs answered. */
    public long fins()
    {
        return fins;
    }

    /** @return resets received. */
    public long resets()
    {
        return resets;
    }

    /** @return datagrams sent back. */
    public long datagrams()
    {
        return datagrams;
    }
}
