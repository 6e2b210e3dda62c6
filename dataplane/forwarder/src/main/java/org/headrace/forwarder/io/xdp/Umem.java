package org.headrace.forwarder.io.xdp;

import org.headrace.forwarder.linux.MemoryMapping;

/**
 * The memory that a worker shares with the kernel, cut into frames, and the list of those that are free.
 *
 * <pre>
 *  address                       largeStart
 *  +---------+---------+-- ... --+-------------------+-- ... --+
 *  | frame 0 | frame 1 |         | large frame 0     |         |
 *  +---------+---------+-- ... --+-------------------+-- ... --+
 *            ^ a multiple of     ^ several frames in a row, for
 *              frameBytes          packets longer than one
 * </pre>
 *
 * <p>Frames are named by their place, the distance from the beginning, which is what the rings carry. The one that was
 * given back last is taken first, because it is likely to be in the cache. Owned by one worker.
 */
final class Umem implements AutoCloseable
{
    /** What {@link #take} returns when there is no free frame. */
    static final long NONE = -1;

    private final MemoryMapping mapping;
    private final int frameBytes;
    private final long lengthBytes;
    private final LargeFrames large;
    private final long[] free;
    private int freeCount;

    /**
     * @param frameBytes size of a frame, 2048 or 4096.
     * @param frameCount number of frames.
     * @param largeSpan  frames that a large frame takes, or 0 if there are no large ones.
     * @param largeCount number of large frames.
     */
    Umem(final int frameBytes, final int frameCount, final int largeSpan, final int largeCount)
    {
        this.frameBytes = frameBytes;
        final long largeStart = (long)frameCount * frameBytes;
        lengthBytes = largeStart + (long)largeSpan * largeCount * frameBytes;
        large = new LargeFrames(largeStart, largeSpan * frameBytes, largeSpan == 0 ? 0 : largeCount);
        mapping = MemoryMapping.ofMemory("umem", lengthBytes);
        free = new long[frameCount];
        for (int i = frameCount - 1; i >= 0; i--)
        {
            give((long)i * frameBytes);
        }
    }

    /** @return address of place 0. */
    long address()
    {
        return mapping.address();
    }

    long lengthBytes()
    {
        return lengthBytes;
    }

    int frameBytes()
    {
        return frameBytes;
    }

    LargeFrames large()
    {
        return large;
    }

    /** @return frames that nobody has, large ones not counted. */
    int freeCount()
    {
        return freeCount;
    }

    /** @return place of a free frame, which is the caller's from now on, or {@link #NONE}. */
    long take()
    {
        return freeCount == 0 ? NONE : free[--freeCount];
    }

    /** @param frame place of a frame, not a large one, that the caller had. */
    void give(final long frame)
    {
        free[freeCount++] = frame;
    }

    /** @param frame place of a frame or a large frame that the caller had. */
    void giveAny(final long frame)
    {
        if (large.contains(frame))
        {
            large.give(frame);
        }
        else
        {
            give(frame);
        }
    }

    /**
     * @param frame  place of a frame or a large frame.
     * @param start  place of a packet's first byte.
     * @param length of it in bytes.
     * @return true if the packet is not empty and lies in the frame. The kernel would pass over any other without a
     *         word, and never give its frame back.
     */
    boolean holds(final long frame, final long start, final int length)
    {
        final int bytes = large.contains(frame) ? large.largeBytes() : frameBytes;
        return length > 0 && start >= frame && start + length <= frame + bytes;
    }

    /** @param place anywhere in a frame that the kernel has sent: whole, or a part of a large one. */
    void onSent(final long place)
    {
        if (large.contains(place))
        {
            large.onPartSent(place);
        }
        else
        {
            give(place & -frameBytes);
        }
    }

    @Override
    public void close()
    {
        mapping.close();
    }
}
