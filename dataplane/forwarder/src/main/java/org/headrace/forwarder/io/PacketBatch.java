package org.headrace.forwarder.io;

import org.headrace.forwarder.linux.NativeMemory;

/**
 * A batch of frames, one cache line for each. Owned by one worker; lives as long as the process.
 *
 * <p>The driver fills address, length, ingress, flags and cookie in {@link PacketIo#receive}; the pipeline may change
 * the length and the place of a frame (within {@link PacketIo#HEADROOM_BYTES}) and fills verdict and egress; the driver
 * reads them in {@link PacketIo#transmit}.
 *
 * <p>The rows lie outside of the heap, so that a column is one load: an array would be asked for its length each time.
 * They are not checked: 0 to {@link #CAPACITY} - 1.
 */
public final class PacketBatch
{
    /** Most frames in a batch. */
    public static final int CAPACITY = 64;

    /** The sender left the transport checksum to the hardware: the field holds the pseudo-header's sum only. */
    public static final int PARTIAL_CHECKSUM = 1;
    /** Several segments in one frame, to be cut by the hardware ({@code gso_type} of the vnet header is set). */
    public static final int SUPER_PACKET = 2;

    private static final int ROW_SHIFT = 6;
    private static final int ADDRESS_OFFSET = 0;
    private static final int COOKIE_OFFSET = 8;
    private static final int LENGTH_OFFSET = 16;
    private static final int INGRESS_OFFSET = 20;
    private static final int FLAGS_OFFSET = 24;
    private static final int VERDICT_OFFSET = 28;
    private static final int EGRESS_OFFSET = 32;

    /** Number of frames, 0 to {@link #CAPACITY}. */
    public int size;

    private final long rows = NativeMemory.allocate((long)CAPACITY << ROW_SHIFT, 1 << ROW_SHIFT);

    /** @param i row. @return address of the frame's first byte, the destination MAC. */
    public long address(final int i)
    {
        return NativeMemory.getLong(row(i) + ADDRESS_OFFSET);
    }

    /** @param i row. @param value address of the frame's first byte. */
    public void address(final int i, final long value)
    {
        NativeMemory.putLong(row(i) + ADDRESS_OFFSET, value);
    }

    /**
     * @param i row.
     * @return bytes in the frame from its address on; the driver vouches that all may be read and written.
     */
    public int length(final int i)
    {
        return NativeMemory.getInt(row(i) + LENGTH_OFFSET);
    }

    /** @param i row. @param value bytes in the frame. */
    public void length(final int i, final int value)
    {
        NativeMemory.putInt(row(i) + LENGTH_OFFSET, value);
    }

    /** @param i row. @return place of the interface that the frame came from, in the order of the configuration. */
    public int ingress(final int i)
    {
        return NativeMemory.getInt(row(i) + INGRESS_OFFSET);
    }

    /** @param i row. @param value place of the interface that the frame came from. */
    public void ingress(final int i, final int value)
    {
        NativeMemory.putInt(row(i) + INGRESS_OFFSET, value);
    }

    /**
     * @param i row.
     * @return {@link #PARTIAL_CHECKSUM}, {@link #SUPER_PACKET}; the pipeline clears both when it replaces the frame.
     */
    public int flags(final int i)
    {
        return NativeMemory.getInt(row(i) + FLAGS_OFFSET);
    }

    /** @param i row. @param value {@link #PARTIAL_CHECKSUM}, {@link #SUPER_PACKET}, both or 0. */
    public void flags(final int i, final int value)
    {
        NativeMemory.putInt(row(i) + FLAGS_OFFSET, value);
    }

    /** @param i row. @return the driver's own mark. */
    public long cookie(final int i)
    {
        return NativeMemory.getLong(row(i) + COOKIE_OFFSET);
    }

    /** @param i row. @param value the driver's own mark; not the pipeline's to change. */
    public void cookie(final int i, final long value)
    {
        NativeMemory.putLong(row(i) + COOKIE_OFFSET, value);
    }

    /** @param i row. @return see {@link Verdict}. */
    public int verdict(final int i)
    {
        return NativeMemory.getInt(row(i) + VERDICT_OFFSET);
    }

    /** @param i row. @param value see {@link Verdict}. */
    public void verdict(final int i, final int value)
    {
        NativeMemory.putInt(row(i) + VERDICT_OFFSET, value);
    }

    /** @param i row. @return place of the interface that the frame leaves by, if it is forwarded or an answer. */
    public int egress(final int i)
    {
        return NativeMemory.getInt(row(i) + EGRESS_OFFSET);
    }

    /** @param i row. @param value place of the interface that the frame leaves by. */
    public void egress(final int i, final int value)
    {
        NativeMemory.putInt(row(i) + EGRESS_OFFSET, value);
    }

    private long row(final int i)
    {
        return rows + ((long)i << ROW_SHIFT);
    }
}
