package org.headrace.forwarder.io.xdp;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.linux.NetworkLink;

import java.util.List;

/**
 * How the memory is cut so that the longest packet of any interface fits. The kernel takes frames of 2 or 4 KiB; what
 * is longer arrives in several frames and is put together in a large one.
 *
 * @param frameBytes size of a frame.
 * @param largeSpan  frames of a large frame; 0 if every packet fits one frame.
 */
record FrameLayout(int frameBytes, int largeSpan)
{
    private static final int SMALL_FRAME_BYTES = 2_048;
    private static final int BIG_FRAME_BYTES = 4_096;
    /** Ethernet header with a VLAN tag. */
    private static final int LINK_HEADER_BYTES = 18;
    /** Large frames of a worker: they fill 6 MiB for an MTU of 9000. */
    static final int LARGE_FRAMES = 512;
    /** Frames of a batch, and those that are claimed beside it. */
    private static final int SPARE_FRAMES = 4 * PacketBatch.CAPACITY;

    /** @param links interfaces. @return the layout for them. */
    static FrameLayout of(final List<NetworkLink> links)
    {
        final int longest = links.stream().mapToInt(NetworkLink::mtuBytes).max().orElse(0) + LINK_HEADER_BYTES +
            XdpDescriptor.PACKET_HEADROOM;
        if (longest <= SMALL_FRAME_BYTES)
        {
            return new FrameLayout(SMALL_FRAME_BYTES, 0);
        }
        final boolean isOneEnough = longest <= BIG_FRAME_BYTES;
        return new FrameLayout(
            BIG_FRAME_BYTES, isOneEnough ? 0 : (longest + BIG_FRAME_BYTES - 1) / BIG_FRAME_BYTES);
    }

    /** @return true if a packet may take several frames. */
    boolean isMultiBuffer()
    {
        return largeSpan != 0;
    }

    /**
     * @param portCount     queues of the worker.
     * @param receiveSlots  of each.
     * @param transmitSlots of each.
     * @return memory in which no queue can run out of frames because of another.
     */
    Umem allocate(final int portCount, final int receiveSlots, final int transmitSlots)
    {
        return new Umem(
            frameBytes, frameCount(portCount, receiveSlots, transmitSlots), largeSpan, LARGE_FRAMES);
    }

    static int frameCount(final int portCount, final int receiveSlots, final int transmitSlots)
    {
        return portCount * (receiveSlots + transmitSlots) + SPARE_FRAMES;
    }

    @Override
    public String toString()
    {
        return "frameBytes=" + frameBytes + " multiBuffer=" + isMultiBuffer();
    }
}
