package org.headrace.forwarder;

import org.headrace.forwarder.wire.Tcp;
import org.headrace.protocol.Endpoint;

import java.nio.ByteBuffer;

/** Builds Ethernet frames for tests, checksums included, one field after the other so that a test can spoil each. */
public final class Frames
{
    /** MAC of the neighbour on the client's side. */
    public static final long CLIENT_MAC = 0x0200_0000_0001L;
    /** MAC of the neighbour on the server's side. */
    public static final long SERVER_MAC = 0x0200_0000_0002L;
    /** Our MAC on the first interface; the second has one more. */
    public static final long OUR_MAC = 0x0200_0000_0100L;

    /** Sequence number of every SYN, of either direction; all other segments come right after it. */
    public static final int FIRST_SEQUENCE = 0x1000_0001;

    private static final int ETHERNET = 14;

    private Frames()
    {
    }

    public static byte[] tcp(final Endpoint source, final Endpoint destination, final int flags, final int payload)
    {
        final byte[] transport = new byte[20 + payload];
        final ByteBuffer tcp = ByteBuffer.wrap(transport);
        tcp.putShort(0, (short)source.port());
        tcp.putShort(2, (short)destination.port());
        tcp.putInt(4, (flags & Tcp.SYN) != 0 ? FIRST_SEQUENCE : FIRST_SEQUENCE + 1);
        tcp.putInt(8, (flags & Tcp.ACK) != 0 ? FIRST_SEQUENCE + 1 : 0);
        tcp.put(12, (byte)0x50);
        tcp.put(13, (byte)flags);
        tcp.putShort(14, (short)0x7210);
        fill(transport, 20);
        return packet(source, destination, 6, transport, 16);
    }

    /** A segment with numbers of its own. */
    public static byte[] tcp(
        final Endpoint source,
        final Endpoint destination,
        final int flags,
        final int sequence,
        final int acknowledgement,
        final int payload)
    {
        final byte[] frame = tcp(source, destination, flags, payload);
        final int tcp = transportOffset(frame);
        ByteBuffer.wrap(frame).putInt(tcp + 4, sequence).putInt(tcp + 8, acknowledgement);
        putTransportChecksum(frame, 16);
        return frame;
    }

    public static byte[] udp(final Endpoint source, final Endpoint destination, final int payload)
    {
        final byte[] transport = new byte[8 + payload];
        final ByteBuffer udp = ByteBuffer.wrap(transport);
        udp.putShort(0, (short)source.port());
        udp.putShort(2, (short)destination.port());
        udp.putShort(4, (short)transport.length);
        fill(transport, 8);
        return packet(source, destination, 17, transport, 6);
    }

    /** An ICMP error about a packet, as a router between would send it. */
    public static byte[] icmpError(
        final Endpoint router, final Endpoint destination, final int type, final int code, final byte[] aboutFrame)
    {
        final boolean isIpv6 = !router.address().isIpv4();
        final int quoted = Math.min(aboutFrame.length - ETHERNET, isIpv6 ? 100 : 28);
        final byte[] icmp = new byte[8 + quoted];
        icmp[0] = (byte)type;
        icmp[1] = (byte)code;
        System.arraycopy(aboutFrame, ETHERNET, icmp, 8, quoted);
        return packet(router, destination, isIpv6 ? 58 : 1, icmp, 2);
    }

    public static byte[] packet(
        final Endpoint source,
        final Endpoint destination,
        final int protocol,
        final byte[] transport,
        final int checksumOffset)
    {
        final boolean isIpv6 = !source.address().isIpv4();
        final int ipHeader = isIpv6 ? 40 : 20;
        final byte[] frame = new byte[ETHERNET + ipHeader + transport.length];
        final ByteBuffer buffer = ByteBuffer.wrap(frame);
        putMac(buffer, 0, OUR_MAC);
        putMac(buffer, 6, CLIENT_MAC);
        if (isIpv6)
        {
            buffer.putShort(12, (short)0x86DD);
            buffer.putInt(14, 0x6000_0000);
            buffer.putShort(18, (short)transport.length);
            buffer.put(20, (byte)protocol);
            buffer.put(21, (byte)64);
            buffer.putLong(22, source.address().high()).putLong(30, source.address().low());
            buffer.putLong(38, destination.address().high()).putLong(46, destination.address().low());
        }
        else
        {
            buffer.putShort(12, (short)0x0800);
            buffer.put(14, (byte)0x45);
            buffer.putShort(16, (short)(20 + transport.length));
            buffer.putShort(18, (short)0x1234);
            buffer.putShort(20, (short)0x4000);
            buffer.put(22, (byte)64);
            buffer.put(23, (byte)protocol);
            buffer.putInt(26, source.address().ipv4()).putInt(30, destination.address().ipv4());
        }
        System.arraycopy(transport, 0, frame, ETHERNET + ipHeader, transport.length);
        fixIpv4Checksum(frame);
        putTransportChecksum(frame, checksumOffset);
        return frame;
    }

    public static void fixIpv4Checksum(final byte[] frame)
    {
        if (frame[12] == 8)
        {
            final ByteBuffer buffer = ByteBuffer.wrap(frame);
            final int length = (frame[14] & 0xF) * 4;
            buffer.putShort(24, (short)0);
            buffer.putShort(24, (short)~sum(frame, 14, length, 0));
        }
    }

    public static void putTransportChecksum(final byte[] frame, final int checksumOffset)
    {
        final ByteBuffer buffer = ByteBuffer.wrap(frame);
        final int at = transportOffset(frame) + checksumOffset;
        buffer.putShort(at, (short)0);
        final int checksum = ~transportSum(frame) & 0xFFFF;
        buffer.putShort(at, (short)(checksum == 0 && protocol(frame) == 17 ? 0xFFFF : checksum));
    }

    /** The folded pseudo-header sum, not inverted: what stands in the field of a partial checksum. */
    public static int pseudoSum(final byte[] frame)
    {
        final int offset = transportOffset(frame);
        final long seed = protocol(frame) + ipEnd(frame) - offset;
        return frame[12] == 8 ? sum(frame, 26, 8, seed) : sum(frame, 22, 32, seed);
    }

    /** @return true if IP and transport checksums are right, as a receiver would check. */
    public static boolean hasRightChecksums(final byte[] frame)
    {
        final boolean isIpRight = frame[12] != 8 || sum(frame, 14, (frame[14] & 0xF) * 4, 0) == 0xFFFF;
        return isIpRight && transportSum(frame) == 0xFFFF;
    }

    public static int transportOffset(final byte[] frame)
    {
        return frame[12] == 8 ? ETHERNET + (frame[14] & 0xF) * 4 : ETHERNET + 40;
    }

    public static int protocol(final byte[] frame)
    {
        return frame[12] == 8 ? frame[23] : frame[20];
    }

    private static int ipEnd(final byte[] frame)
    {
        final ByteBuffer buffer = ByteBuffer.wrap(frame);
        return ETHERNET + (frame[12] == 8 ? buffer.getShort(16) & 0xFFFF : 40 + (buffer.getShort(18) & 0xFFFF));
    }

    private static int transportSum(final byte[] frame)
    {
        final int offset = transportOffset(frame);
        final long seed = protocol(frame) == 1 ? 0 : pseudoSum(frame);
        return sum(frame, offset, ipEnd(frame) - offset, seed);
    }

    private static int sum(final byte[] bytes, final int offset, final int length, final long seed)
    {
        long sum = seed;
        for (int i = 0; i < length; i++)
        {
            sum += (long)(bytes[offset + i] & 0xFF) << ((i & 1) == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0)
        {
            sum = (sum >>> 16) + (sum & 0xFFFF);
        }
        return (int)sum;
    }

    private static void fill(final byte[] bytes, final int from)
    {
        for (int i = from; i < bytes.length; i++)
        {
            bytes[i] = (byte)(i * 31 + 7);
        }
    }

    private static void putMac(final ByteBuffer buffer, final int offset, final long mac)
    {
        buffer.putShort(offset, (short)(mac >>> 32));
        buffer.putInt(offset + 2, (int)mac);
    }
}
