package org.headrace.perf.pipeline;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.forwarder.wire.Udp;

/** Writes frames into the ring. Every end follows from the flow's number by arithmetic. */
final class FrameWriter
{
    /** Place of the clients' interface. */
    static final int CLIENTS = 0;
    /** Place of the servers' interface. */
    static final int SERVERS = 1;
    static final long CLIENT_MAC = 0x0200_0000_0001L;
    static final long SERVER_MAC = 0x0200_0000_0002L;

    /** No service listens there. */
    private static final int DEAD_PORT = 444;
    /** Any but 0, which says that there is none. */
    private static final int UDP_CHECKSUM = 0xBEEF;

    private final FrameRing ring;
    private final FlowMix mix;

    FrameWriter(final FrameRing ring, final FlowMix mix)
    {
        this.ring = ring;
        this.mix = mix;
    }

    /** The first packet of a flow. @param flow number. @param sequence of a SYN. @return false if the ring is full. */
    boolean open(final long flow, final int sequence)
    {
        return write(flow, false, minLength(flow), FlowKind.virtualPort(), sequence, 0, Tcp.SYN);
    }

    /** The server's answer to a SYN. @param flow number. @param sequence of the SYN. @return false if full. */
    boolean accept(final long flow, final int sequence)
    {
        return write(
            flow, true, minLength(flow), FlowKind.virtualPort(), sequence, sequence + 1, Tcp.SYN | Tcp.ACK);
    }

    /** A packet of a flow that is open. @param sequence own and acknowledged. @return false if the ring is full. */
    boolean packet(final long flow, final boolean isReply, final long number, final int sequence)
    {
        return write(flow, isReply, mix.ipLength(number), FlowKind.virtualPort(), sequence, sequence, Tcp.ACK);
    }

    /** A first packet that no service is there for. @param flow number. @return false if the ring is full. */
    boolean stray(final long flow)
    {
        return write(flow, false, minLength(flow), DEAD_PORT, 1, 0, Tcp.SYN);
    }

    private boolean write(
        final long flow,
        final boolean isReply,
        final int ipLength,
        final int virtualPort,
        final int sequence,
        final int acknowledgement,
        final int flags)
    {
        final long frame = ring.claim();
        if (frame == 0)
        {
            return false;
        }
        final FlowKind kind = mix.kind(flow);
        final int client = FlowKind.client(flow);
        final int other = isReply ? FlowKind.serverAddress(mix.server(flow)) : FlowKind.virtual();
        final int otherPort = isReply ? FlowKind.serverPort() : virtualPort;
        final int source = isReply ? other : client;
        final int destination = isReply ? client : other;
        final int sourcePort = isReply ? otherPort : FlowKind.clientPort(flow);
        final int destinationPort = isReply ? FlowKind.clientPort(flow) : otherPort;
        final int headerLength = kind.isIpv6() ? Ipv6.HEADER_LENGTH : Ipv4.MIN_HEADER_LENGTH;
        final long ip = frame + Ethernet.HEADER_LENGTH;
        Ethernet.source(frame, isReply ? SERVER_MAC : CLIENT_MAC);
        Ethernet.type(frame, kind.isIpv6() ? Ethernet.TYPE_IPV6 : Ethernet.TYPE_IPV4);
        if (kind.isIpv6())
        {
            Ipv6.write(ip, ipLength - headerLength, kind.protocol());
            Ipv6.source(ip, FlowKind.ipv6High(), source & 0xFFFF_FFFFL);
            Ipv6.destination(ip, FlowKind.ipv6High(), destination & 0xFFFF_FFFFL);
        }
        else
        {
            Ipv4.write(ip, ipLength, kind.protocol(), source, destination);
        }
        if (kind.protocol() == IpProtocol.TCP)
        {
            Tcp.write(ip + headerLength, sourcePort, destinationPort, sequence, acknowledgement, flags);
            Tcp.checksum(ip + headerLength, sequence & 0xFFFF);
        }
        else
        {
            Udp.write(ip + headerLength, sourcePort, destinationPort, ipLength - headerLength);
            NativeMemory.putNetworkShort(ip + headerLength + Udp.CHECKSUM_OFFSET, UDP_CHECKSUM);
        }
        ring.publish(Ethernet.HEADER_LENGTH + ipLength, isReply ? SERVERS : CLIENTS);
        return true;
    }

    private int minLength(final long flow)
    {
        final FlowKind kind = mix.kind(flow);
        return (kind.isIpv6() ? Ipv6.HEADER_LENGTH : Ipv4.MIN_HEADER_LENGTH) +
            (kind.isTcp() ? Tcp.MIN_HEADER_LENGTH : Udp.HEADER_LENGTH);
    }
}
