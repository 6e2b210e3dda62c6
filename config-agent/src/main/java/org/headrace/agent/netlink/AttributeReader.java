package org.headrace.agent.netlink;

import org.headrace.protocol.IpAddress;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Walks over netlink attributes within given bounds; a broken length ends the walk.
 *
 * <pre>
 * struct rtattr (linux/rtnetlink.h)
 *   0 rta_len   2 bytes, header included
 *   2 rta_type  2 bytes, NLA_F_NESTED and NLA_F_NET_BYTEORDER in the top bits
 *   4 data, padded to 4 bytes
 * </pre>
 */
final class AttributeReader
{
    private static final int HEADER_LENGTH = 4;
    private static final int TYPE_MASK = 0x3FFF;
    private static final int IPV4_LENGTH = 4;
    private static final int IPV6_LENGTH = 16;
    private static final int MAC_LENGTH = 6;

    private final ByteBuffer buffer;
    private final int endOffset;
    private int nextOffset;
    private int dataOffset;
    private int dataLengthBytes;
    private int type;

    /**
     * @param buffer    in host byte order.
     * @param offset    of the first attribute.
     * @param endOffset behind the last one, at most the limit of the buffer.
     */
    AttributeReader(final ByteBuffer buffer, final int offset, final int endOffset)
    {
        this.buffer = buffer;
        this.nextOffset = offset;
        this.endOffset = Math.min(endOffset, buffer.limit());
    }

    /** Steps to the next attribute; false at the end. */
    boolean next()
    {
        if (nextOffset > endOffset - HEADER_LENGTH)
        {
            return false;
        }
        final int lengthBytes = buffer.getShort(nextOffset) & 0xFFFF;
        if (lengthBytes < HEADER_LENGTH || lengthBytes > endOffset - nextOffset)
        {
            return false;
        }
        type = buffer.getShort(nextOffset + Short.BYTES) & TYPE_MASK;
        dataOffset = nextOffset + HEADER_LENGTH;
        dataLengthBytes = lengthBytes - HEADER_LENGTH;
        nextOffset += Rtnetlink.align(lengthBytes);
        return true;
    }

    int type()
    {
        return type;
    }

    /** The attributes within this one. */
    AttributeReader nested()
    {
        return new AttributeReader(buffer, dataOffset, dataOffset + dataLengthBytes);
    }

    /** 32-bit value, 0 if the attribute is too short to hold one. */
    int intValue()
    {
        return dataLengthBytes < Integer.BYTES ? 0 : buffer.getInt(dataOffset);
    }

    /** Text without its closing zero byte. */
    String text()
    {
        final byte[] bytes = new byte[dataLengthBytes];
        buffer.get(dataOffset, bytes);
        final String text = new String(bytes, StandardCharsets.UTF_8);
        final int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    /** An address of either family, told apart by its length; {@link IpAddress#NONE} for any other length. */
    IpAddress address()
    {
        return addressAt(dataOffset, dataLengthBytes);
    }

    /** The address within struct rtvia, which begins with a family of 2 bytes. */
    IpAddress viaAddress()
    {
        return addressAt(dataOffset + Short.BYTES, dataLengthBytes - Short.BYTES);
    }

    /** Hardware address in the low 48 bits, first byte highest; 0 for any other length than 6. */
    long mac()
    {
        long mac = 0;
        for (int i = 0; dataLengthBytes == MAC_LENGTH && i < MAC_LENGTH; i++)
        {
            mac = mac << Byte.SIZE | buffer.get(dataOffset + i) & 0xFF;
        }
        return mac;
    }

    private IpAddress addressAt(final int offset, final int lengthBytes)
    {
        return switch (lengthBytes)
        {
            case IPV4_LENGTH -> IpAddress.ofIpv4((int)networkOrder(offset, Integer.BYTES));
            case IPV6_LENGTH -> new IpAddress(
                networkOrder(offset, Long.BYTES), networkOrder(offset + Long.BYTES, Long.BYTES));
            default -> IpAddress.NONE;
        };
    }

    private long networkOrder(final int offset, final int lengthBytes)
    {
        final boolean isBigEndian = buffer.order() == ByteOrder.BIG_ENDIAN;
        if (lengthBytes == Integer.BYTES)
        {
            final int value = buffer.getInt(offset);
            return isBigEndian ? value : Integer.reverseBytes(value);
        }
        final long value = buffer.getLong(offset);
        return isBigEndian ? value : Long.reverseBytes(value);
    }
}
