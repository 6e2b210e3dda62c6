package org.headrace.forwarder.io.xdp;

/**
 * Frames for packets longer than what one frame of the memory holds. Such a packet arrives in several frames, is put
 * together here, so that the pipeline finds it in one piece, and leaves as several descriptors, one for each frame that
 * it covers. It is free again when the kernel has sent all of them. Owned by one worker.
 */
final class LargeFrames
{
    private final long start;
    private final int largeBytes;
    private final long[] free;
    private final int[] unsentParts;
    private int freeCount;

    /**
     * @param start      place of the first one; everything from there on is a large frame.
     * @param largeBytes size of one.
     * @param count      number of them.
     */
    LargeFrames(final long start, final int largeBytes, final int count)
    {
        this.start = start;
        this.largeBytes = largeBytes;
        free = new long[count];
        unsentParts = new int[count];
        for (int i = count - 1; i >= 0; i--)
        {
            give(start + (long)i * largeBytes);
        }
    }

    int largeBytes()
    {
        return largeBytes;
    }

    int freeCount()
    {
        return freeCount;
    }

    boolean contains(final long place)
    {
        return place >= start;
    }

    /** @return place of a free one, which is the caller's from now on, or {@link Umem#NONE}. */
    long take()
    {
        return freeCount == 0 ? Umem.NONE : free[--freeCount];
    }

    /** @param frame place of one that the caller had. */
    void give(final long frame)
    {
        free[freeCount++] = frame;
    }

    /** @param frame that goes to the kernel. @param parts descriptors that it takes, at least 1. */
    void onSend(final long frame, final int parts)
    {
        unsentParts[index(frame)] = parts;
    }

    /** @param place anywhere in a part of a large frame, which the kernel has sent. */
    void onPartSent(final long place)
    {
        final int index = index(place);
        if (--unsentParts[index] == 0)
        {
            give(start + (long)index * largeBytes);
        }
    }

    private int index(final long place)
    {
        return (int)((place - start) / largeBytes);
    }
}
