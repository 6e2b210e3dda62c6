package org.headrace.forwarder.io;

import org.headrace.protocol.IpAddress;

import java.nio.ByteBuffer;

/** Builds frames for tests, header by header from the inside out. Checksums are zero unless said otherwise. */
public final class TestFrames
{
    /** Transport protocol. */
    public static final int TCP = 6;
    /** Transport protocol. */
    public static final int UDP = 17;
    /** ICMP for IPv4. */
    public static final int ICMP = 1;
    /** ICMP for IPv6. */
    public static final int ICMPV6 = 58;

    private TestFrames()
    {
    }

    /** @param parts in order. @return one after the other. */
    public static byte[] concat(final byte[]... parts)
    {
        int length = 0;
        for (final byte[] part : parts)
        {
            length += part.length;
        }
        final ByteBuffer buffer = ByteBuffer.allocate(length);
        for (final byte[] part : parts)
        {
            buffer.put(part);
        }
        return buffer.array();
    }

    /** @param hex digits, blanks are skipped. @return bytes. */
    public static byte[] hex(final String hex)
    {
        return java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** @param frame any. @param length to cut it to. @return its beginning. */
    public static byte[] cut(final byte[] frame, final int length)
    {
        return java.util.Arrays.copyOf(frame, length);
    }

    /** @param etherType of the packet. @param packet behind the header. @return frame to MAC address 0. */
    public static byte[] ethernet(final int etherType, final byte[] packet)
    {
        return ethernet(0, 0, etherType, packet);
    }

    /** @param to MAC address. @param from MAC address. @param etherType of the packet. @param packet behind the header.
     * @return frame. */
    public static byte[] ethernet(final long to, final long from, final int etherType, final byte[] packet)
    {
        return ByteBuffer.allocate(14 + packet.length)
            .putShort((short)(to >>> 32)).putInt((int)to)
            .putShort((short)(from >>> 32)).putInt((int)from)
            .putShort((short)etherType).put(packet).array();
    }

    /** @param from address. @param to address. @param protocol of the payload. @param payload behind the header.
     * @return packet. */
    public static byte[] ipv4(final String from, final String to, final int protocol, final byte[] payload)
    {
        return ipv4(from, to, protocol, 0, 0, new byte[0], payload);
    }

    /** @param from address. @param to address. @param protocol of the payload. @param id identification.
     * @param fragment flags and offset. @param options a multiple of 4 bytes. @param payload behind the header.
     * @return packet. */
    public static byte[] ipv4(
        final String from,
        final String to,
        final int protocol,
        final int id,
        final int fragment,
        final byte[] options,
        final byte[] payload)
    {
        final int headerLength = 20 + options.length;
        final byte[] packet = ByteBuffer.allocate(headerLength + payload.length)
            .put((byte)(0x40 | headerLength / 4)).put((byte)0).putShort((short)(headerLength + payload.length))
            .putShort((short)id).putShort((short)fragment)
            .put((byte)64).put((byte)protocol).putShort((short)0)
            .putInt((int)IpAddress.parse(from).low()).putInt((int)IpAddress.parse(to).low())
            .put(options).put(payload).array();
        ByteBuffer.wrap(packet).putShort(10, (short)~sum(packet, 0, headerLength));
        return packet;
    }

    /** @param from address. @param to address. @param next header. @param payload behind the header. @return packet. */
    public static byte[] ipv6(final String from, final String to, final int next, final byte[] payload)
    {
        final IpAddress source = IpAddress.parse(from);
        final IpAddress destination = IpAddress.parse(to);
        return ByteBuffer.allocate(40 + payload.length)
            .putInt(0x6000_0000).putShort((short)payload.length).put((byte)next).put((byte)64)
            .putLong(source.high()).putLong(source.low()).putLong(destination.high()).putLong(destination.low())
            .put(payload).array();
    }

    /** @param next header. @param units of 8 bytes beyond the first. @return hop-by-hop, routing or destination options
     * header. */
    public static byte[] extension(final int next, final int units)
    {
        return ByteBuffer.allocate(8 + 8 * units).put((byte)next).put((byte)units).array();
    }

    /** @param next header. @param offsetAndMore as in the header. @param id identification. @return fragment header. */
    public static byte[] fragmentHeader(final int next, final int offsetAndMore, final int id)
    {
        return ByteBuffer.allocate(8).put((byte)next).put((byte)0).putShort((short)offsetAndMore).putInt(id).array();
    }

    /** @param from port. @param to port. @param payload behind the header. @return datagram. */
    public static byte[] udp(final int from, final int to, final byte[] payload)
    {
        return ByteBuffer.allocate(8 + payload.length)
            .putShort((short)from).putShort((short)to).putShort((short)(8 + payload.length)).putShort((short)0)
            .put(payload).array();
    }

    /** @param from port. @param to port. @return segment with SYN and no payload. */
    public static byte[] tcp(final int from, final int to)
    {
        return ByteBuffer.allocate(20)
            .putShort((short)from).putShort((short)to).putInt(1).putInt(0)
            .put((byte)0x50).put((byte)2).putShort((short)1024).putInt(0).array();
    }

    /** @param type of the message. @param quoted what follows its eight bytes. @return ICMP message. */
    public static byte[] icmp(final int type, final byte[] quoted)
    {
        return ByteBuffer.allocate(8 + quoted.length).put((byte)type).position(8).put(quoted).array();
    }

    private static int sum(final byte[] bytes, final int from, final int to)
    {
        int sum = 0;
        for (int i = from; i < to; i += 2)
        {
            sum += (bytes[i] & 0xFF) << 8 | bytes[i + 1] & 0xFF;
        }
        return (sum & 0xFFFF) + (sum >>> 16);
    }
}
