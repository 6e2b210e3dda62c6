package org.headrace.perf.pipeline;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.linux.NativeMemory;

/**
 * Frames in memory, laid out as the io_uring driver's receive ring leaves them: 33 cache lines for each, so that the
 * first lines of the frames do not share a few of a cache's sets, and the IP header on a boundary of 16 bytes. Nothing
 * is sent; a frame is used up when it was received once.
 */
final class FrameRing implements PacketIo
{
    /** Slots: as many as the io_uring driver has by default. */
    static final int SLOTS = 4_096;

    private static final int SLOT_BYTES = 33 * 64;
    /** Behind the headroom, and so that the IP header, 14 bytes on, is aligned. */
    private static final int FRAME_OFFSET = HEADROOM_BYTES + 2;

    private final long memory = NativeMemory.allocate((long)SLOTS * SLOT_BYTES, 4_096);
    private final int[] lengths = new int[SLOTS];
    private final int[] ingresses = new int[SLOTS];
    private int produced;
    private int consumed;

    /** @return address of the next frame to be written, or 0 if the ring is full. */
    long claim()
    {
        return produced == SLOTS ? 0 : frame(produced);
    }

    /** Makes the frame that was claimed receivable. @param lengthBytes of it. @param ingress of it. */
    void publish(final int lengthBytes, final int ingress)
    {
        lengths[produced] = lengthBytes;
        ingresses[produced] = ingress;
        produced++;
    }

    /** Forgets what was received, so that the ring can be filled again. */
    void reset()
    {
        produced = 0;
        consumed = 0;
    }

    @Override
    public int receive(final PacketBatch batch)
    {
        final int size = Math.min(PacketBatch.CAPACITY, produced - consumed);
        for (int i = 0; i < size; i++)
        {
            final int slot = consumed + i;
            batch.address(i, frame(slot));
            batch.length(i, lengths[slot]);
            batch.ingress(i, ingresses[slot]);
            batch.flags(i, 0);
            batch.cookie(i, slot);
        }
        consumed += size;
        batch.size = size;
        return size;
    }

    @Override
    public void transmit(final PacketBatch batch)
    {
        // no I/O is measured
    }

    @Override
    public boolean claim(final PacketBatch batch)
    {
        return false;
    }

    @Override
    public void await(final long timeoutNs)
    {
        throw new IllegalStateException("a benchmark never waits");
    }

    @Override
    public long overruns()
    {
        return 0;
    }

    @Override
    public void close()
    {
        // the memory goes with the process
    }

    private long frame(final int slot)
    {
        return memory + (long)slot * SLOT_BYTES + FRAME_OFFSET;
    }
}
