package org.headrace.perf.wire;

import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071), straight from its definition: slow, and independent of the product's.
 */
public final class Checksum
{
    private Checksum()
    {
    }

    /**
     * @param buffer to add up.
     * @param offset of the first byte.
     * @param length in bytes; an odd one is padded with a zero.
     * @return sum of its 16-bit words, not folded.
     */
    public static long sum(final ByteBuffer buffer, final int offset, final int length)
    {
        long sum = 0;
        for (int i = 0; i < length; i++)
        {
            final int octet = buffer.get(offset + i) & 0xFF;
            sum += (i & 1) == 0 ? octet << 8 : octet;
        }
        return sum;
    }

    /** @param sum not folded. @return its complement in 16 bits: the checksum. */
    public static int fold(final long sum)
    {
        long folded = sum;
        while (folded >>> 16 != 0)
        {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return (int)~folded & 0xFFFF;
    }
}
