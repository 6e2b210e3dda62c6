package org.headrace.perf.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes one Ethernet frame with IPv4 or IPv6 and TCP, UDP or ICMP, right in every length and checksum. What is to be
 * wrong is made wrong in the finished bytes.
 */
public final class FrameBuilder
{
    /** Length of an Ethernet header. */
    public static final int ETHERNET_LENGTH = 14;
    /** Length of an IPv4 header without options. */
    public static final int IPV4_LENGTH = 20;
    /** Length of an IPv6 header. */
    public static final int IPV6_LENGTH = 40;
    /** Protocol number of ICMP. */
    public static final int ICMP = 1;
    /** Protocol number of TCP. */
    public static final int TCP = 6;
    /** Protocol number of UDP. */
    public static final int UDP = 17;
    /** TCP flag. */
    public static final int FIN = 0x01;
    /** TCP flag. */
    public static final int SYN = 0x02;
    /** TCP flag. */
    public static final int RST = 0x04;
    /** TCP flag. */
    public static final int PSH = 0x08;
    /** TCP flag. */
    public static final int ACK = 0x10;

    private static final int ETHER_TYPE_IPV4 = 0x0800;
    private static final int ETHER_TYPE_IPV6 = 0x86DD;
    private static final int DONT_FRAGMENT = 0x4000;

    private final byte[] sourceMac;
    private final byte[] targetMac;
    private final byte[] source;
    private final byte[] target;
    private int timeToLive = 64;
    private int trafficClass;
    private int identification = 0x1234;
    private int flagsAndOffset = DONT_FRAGMENT;
    private byte[] options = new byte[0];
    private int protocol = UDP;
    private byte[] transport = new byte[0];
    private int checksumOffset = -1;
    private boolean isWithoutChecksum;

    /**
     * @param sourceMac {@code 02:00:00:00:00:02}.
     * @param targetMac of the next hop.
     * @param source    address, IPv4 or IPv6.
     * @param target    address of the same family.
     */
    public FrameBuilder(final String sourceMac, final String targetMac, final String source, final String target)
    {
        this.sourceMac = mac(sourceMac);
        this.targetMac = mac(targetMac);
        this.source = address(source);
        this.target = address(target);
    }

    /** @param value time to live, or hop limit. @return this. */
    public FrameBuilder timeToLive(final int value)
    {
        this.timeToLive = value;
        return this;
    }

    /** @param value type of service, or traffic class. @return this. */
    public FrameBuilder trafficClass(final int value)
    {
        this.trafficClass = value;
        return this;
    }

    /** @param id of the IPv4 packet. @param value flags and fragment offset as on the wire. @return this. */
    public FrameBuilder fragment(final int id, final int value)
    {
        this.identification = id;
        this.flagsAndOffset = value;
        return this;
    }

    /** @param value IPv4 options, a multiple of four bytes. @return this. */
    public FrameBuilder options(final byte... value)
    {
        this.options = value;
        return this;
    }

    /** @param value for raw payloads, protocol number. @param payload after the IP header. @return this. */
    public FrameBuilder raw(final int value, final byte[] payload)
    {
        this.protocol = value;
        this.transport = payload;
        this.checksumOffset = -1;
        return this;
    }

    /** @param sourcePort of the datagram. @param targetPort of the datagram. @param payload of it. @return this. */
    public FrameBuilder udp(final int sourcePort, final int targetPort, final byte[] payload)
    {
        this.protocol = UDP;
        this.checksumOffset = 6;
        this.transport = ByteBuffer.allocate(8 + payload.length).putShort((short)sourcePort)
            .putShort((short)targetPort).putShort((short)(8 + payload.length)).putShort((short)0).put(payload).array();
        return this;
    }

    /** @return this, with the UDP checksum left out (0), which IPv4 allows. */
    public FrameBuilder withoutChecksum()
    {
        this.isWithoutChecksum = true;
        return this;
    }

    /**
     * @param sourcePort     of the segment.
     * @param targetPort     of the segment.
     * @param flags          of the segment.
     * @param sequence       number.
     * @param acknowledgment number.
     * @param payload        of the segment.
     * @return this; a SYN carries the options that a Linux client sends.
     */
    public FrameBuilder tcp(
        final int sourcePort,
        final int targetPort,
        final int flags,
        final int sequence,
        final int acknowledgment,
        final byte[] payload)
    {
        // Maximum segment size 1460, SACK permitted, time stamps, window scale 7.
        final byte[] tcpOptions = (flags & SYN) == 0 ? new byte[0] : new byte[]{
            2, 4, 5, (byte)0xB4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7};
        this.protocol = TCP;
        this.checksumOffset = 16;
        this.transport = ByteBuffer.allocate(20 + tcpOptions.length + payload.length)
            .putShort((short)sourcePort).putShort((short)targetPort).putInt(sequence).putInt(acknowledgment)
            .put((byte)((20 + tcpOptions.length) / 4 << 4)).put((byte)flags).putShort((short)64_240)
            .putShort((short)0).putShort((short)0).put(tcpOptions).put(payload).array();
        return this;
    }

    /** @return the frame. */
    public byte[] build()
    {
        final boolean isIpv4 = source.length == 4;
        final int ipLength = isIpv4 ? IPV4_LENGTH + options.length : IPV6_LENGTH;
        final ByteBuffer frame = ByteBuffer.allocate(ETHERNET_LENGTH + ipLength + transport.length);
        frame.put(targetMac).put(sourceMac).putShort((short)(isIpv4 ? ETHER_TYPE_IPV4 : ETHER_TYPE_IPV6));
        if (isIpv4)
        {
            putIpv4(frame, ipLength);
        }
        else
        {
            putIpv6(frame);
        }
        frame.put(transport);
        if (checksumOffset >= 0 && !isWithoutChecksum)
        {
            putTransportChecksum(frame, ETHERNET_LENGTH + ipLength);
        }
        return frame.array();
    }

    private void putIpv4(final ByteBuffer frame, final int ipLength)
    {
        frame.put((byte)(0x40 | ipLength / 4)).put((byte)trafficClass).putShort((short)(ipLength + transport.length));
        frame.putShort((short)identification).putShort((short)flagsAndOffset);
        frame.put((byte)timeToLive).put((byte)protocol).putShort((short)0).put(source).put(target).put(options);
        frame.putShort(ETHERNET_LENGTH + 10, (short)Checksum.fold(Checksum.sum(frame, ETHERNET_LENGTH, ipLength)));
    }

    private void putIpv6(final ByteBuffer frame)
    {
        final int flowLabel = 0x12345;
        frame.putInt(6 << 28 | trafficClass << 20 | flowLabel).putShort((short)transport.length);
        frame.put((byte)protocol).put((byte)timeToLive).put(source).put(target);
    }

    private void putTransportChecksum(final ByteBuffer frame, final int offset)
    {
        final ByteBuffer pseudo = ByteBuffer.allocate(source.length + target.length + 8)
            .put(source).put(target).putInt(transport.length).putInt(protocol);
        final int checksum = Checksum.fold(
            Checksum.sum(pseudo, 0, pseudo.capacity()) + Checksum.sum(frame, offset, transport.length));
        frame.putShort(offset + checksumOffset, (short)(checksum == 0 && protocol == UDP ? 0xFFFF : checksum));
    }

    /** @param frame whole. @return the part after the Ethernet header, without padding. */
    public static byte[] packetOf(final byte[] frame)
    {
        final ByteBuffer buffer = ByteBuffer.wrap(frame);
        final int length = (frame[ETHERNET_LENGTH] & 0xF0) == 0x40 ? buffer.getShort(ETHERNET_LENGTH + 2) & 0xFFFF :
            IPV6_LENGTH + (buffer.getShort(ETHERNET_LENGTH + 4) & 0xFFFF);
        return Arrays.copyOfRange(frame, ETHERNET_LENGTH, Math.min(frame.length, ETHERNET_LENGTH + length));
    }

    private static byte[] mac(final String text)
    {
        final byte[] mac = new byte[6];
        final String[] parts = text.split(":");
        for (int i = 0; i < mac.length; i++)
        {
            mac[i] = (byte)Integer.parseInt(parts[i], 16);
        }
        return mac;
    }

    private static byte[] address(final String text)
    {
        try
        {
            return InetAddress.getByName(text).getAddress();
        }
        catch (final UnknownHostException e)
        {
            throw new IllegalArgumentException("address=" + text, e);
        }
    }
}
