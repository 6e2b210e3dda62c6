package org.headrace.forwarder.wire;

import static org.headrace.forwarder.linux.NativeMemory.getInt;
import static org.headrace.forwarder.linux.NativeMemory.getLong;
import static org.headrace.forwarder.linux.NativeMemory.getNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.getNetworkShort;
import static org.headrace.forwarder.linux.NativeMemory.getUnsignedByte;

/**
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624 equation 3: {@code HC' = ~(~HC + ~m + m')}).
 *
 * <p>Sums are carried unfolded in a long; a sum of fewer than 2^31 sixteen-bit words cannot overflow it. Because the
 * sum is linear, one difference serves the IP header and the transport's pseudo-header alike.
 */
public final class InternetChecksum
{
    private static final int MASK = 0xFFFF;
    private static final long LOW_WORD = 0xFFFF_FFFFL;

    private InternetChecksum()
    {
    }

    /**
     * @param from value that stood there, 16 bits.
     * @param to   value that stands there now, 16 bits.
     * @return the difference, to be added to any number of checksums with {@link #apply}.
     */
    public static long difference16(final int from, final int to)
    {
        return (~from & MASK) + (to & MASK);
    }

    /**
     * @param from value that stood there.
     * @param to   value that stands there now.
     * @return the difference of two 16-bit words.
     */
    public static long difference32(final int from, final int to)
    {
        return sum32(~from) + sum32(to);
    }

    /**
     * @param from value that stood there.
     * @param to   value that stands there now.
     * @return the difference of four 16-bit words.
     */
    public static long difference64(final long from, final long to)
    {
        return sum64(~from) + sum64(to);
    }

    /**
     * @param checksum   as it stands in the packet.
     * @param difference sum of differences of some dozen words at the most.
     * @return the new checksum, 0 to 0xFFFE.
     */
    public static int apply(final int checksum, final long difference)
    {
        // The mask added is a zero of one's complement: it keeps the sum from being +0, so that a checksum of zero
        // always comes out as 0 and never as 0xFFFF, like the kernel's.
        final int sum = (~checksum & MASK) + (int)difference + MASK;
        final int folded = (sum >>> 16) + (sum & MASK);
        return ~((folded >>> 16) + folded) & MASK;
    }

    /**
     * For a checksum that the hardware is to finish: the field holds the folded pseudo-header sum, not inverted.
     *
     * @param partial    as it stands in the packet.
     * @param difference of the addresses only; ports are not part of a pseudo-header.
     * @return the new partial checksum.
     */
    public static int applyPartial(final int partial, final long difference)
    {
        return fold((partial & MASK) + difference);
    }

    /**
     * @param checksum as it stands in the packet.
     * @param from     word that stood there, 16 bits.
     * @param to       word that stands there now, 16 bits.
     * @return the new checksum.
     */
    public static int update(final int checksum, final int from, final int to)
    {
        return apply(checksum, difference16(from, to));
    }

    /**
     * @param address     of the first byte.
     * @param lengthBytes how many, also odd.
     * @return checksum over them; 0 over a header that holds a right checksum.
     */
    public static int ofBytes(final long address, final int lengthBytes)
    {
        return ~fold(sum(address, lengthBytes)) & MASK;
    }

    /**
     * @param address     of the first byte.
     * @param lengthBytes how many, also odd.
     * @return unfolded sum of their 16-bit words.
     */
    public static long sum(final long address, final int lengthBytes)
    {
        long sum = 0;
        int i = 0;
        for (; i <= lengthBytes - 4; i += 4)
        {
            sum += getNetworkInt(address + i) & 0xFFFF_FFFFL;
        }
        if (i <= lengthBytes - 2)
        {
            sum += getNetworkShort(address + i);
            i += 2;
        }
        if (i < lengthBytes)
        {
            sum += (long)getUnsignedByte(address + i) << 8;
        }
        return sum;
    }

    /**
     * As {@link #ofBytes} finds it to be 0, but faster: a sum of words is right in either byte order (RFC 1071 section
     * 2 B), so nothing is swapped.
     *
     * @param address     of the first byte.
     * @param lengthBytes how many, a multiple of four, from 16 to 60.
     * @return true if the checksum among the bytes is right.
     */
    public static boolean isRight(final long address, final int lengthBytes)
    {
        final long first = getLong(address);
        final long second = getLong(address + 8);
        long sum = (first & LOW_WORD) + (first >>> 32) + (second & LOW_WORD) + (second >>> 32);
        for (int i = 16; i < lengthBytes; i += 4)
        {
            sum += getInt(address + i) & LOW_WORD;
        }
        // Not zero, since a header is not all zeros: so a right sum folds to the other zero of one's complement.
        return fold(sum) == MASK;
    }

    /**
     * @param sum unfolded, not negative.
     * @return its 16 bits with the carries added back in.
     */
    public static int fold(final long sum)
    {
        long folded = (sum >>> 32) + (sum & LOW_WORD);
        folded = (folded >>> 16) + (folded & MASK);
        folded = (folded >>> 16) + (folded & MASK);
        return (int)((folded >>> 16) + (folded & MASK));
    }

    private static long sum32(final int value)
    {
        return (value >>> 16) + (value & MASK);
    }

    private static long sum64(final long value)
    {
        return sum32((int)(value >>> 32)) + sum32((int)value);
    }
}
