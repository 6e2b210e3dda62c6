package org.headrace.forwarder.io;

/**
 * A batch of frames, one column per property, so that each stage of the pipeline walks over memory that lies together.
 *
 * <p>The driver fills the first group of columns in {@link PacketIo#receive}; the pipeline may change the length and
 * the place of a frame (within {@link PacketIo#HEADROOM_BYTES}) and fills {@link #verdict} and {@link #egress}; the
 * driver reads them in {@link PacketIo#transmit}. Owned by one worker.
 */
public final class PacketBatch
{
    /** Most frames in a batch. */
    public static final int CAPACITY = 64;

    /** The sender left the transport checksum to the hardware: the field holds the pseudo-header's sum only. */
    public static final int PARTIAL_CHECKSUM = 1;
    /** Several segments in one frame, to be cut by the hardware ({@code gso_type} of the vnet header is set). */
    public static final int SUPER_PACKET = 2;

    /** Address of the frame's first byte, the destination MAC. */
    public final long[] address = new long[CAPACITY];
    /** Bytes in the frame from {@link #address} on; the driver vouches that all of them may be read and written. */
    public final int[] length = new int[CAPACITY];
    /** Place of the interface that the frame came from, in the order of the configuration. */
    public final int[] ingress = new int[CAPACITY];
    /** {@link #PARTIAL_CHECKSUM}, {@link #SUPER_PACKET}. The pipeline clears both when it replaces the frame. */
    public final int[] flags = new int[CAPACITY];
    /** Driver's own mark, not to be touched by the pipeline. */
    public final long[] cookie = new long[CAPACITY];

    /** See {@link Verdict}. */
    public final int[] verdict = new int[CAPACITY];
    /** Place of the interface that the frame leaves by, for FORWARD and ANSWER. */
    public final int[] egress = new int[CAPACITY];

    /** Number of frames, 0 to {@link #CAPACITY}. */
    public int size;
}
