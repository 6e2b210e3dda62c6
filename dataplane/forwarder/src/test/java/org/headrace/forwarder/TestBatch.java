package org.headrace.forwarder;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.linux.NativeMemory;

import java.util.stream.IntStream;

/** A batch whose frames lie in memory of its own, with the headroom that every driver leaves. */
public final class TestBatch
{
    private static final int SLOT = 1 << 17;

    private final long memory = NativeMemory.allocate((long)SLOT * PacketBatch.CAPACITY, 64);
    private final PacketBatch batch = new PacketBatch();

    public PacketBatch batch()
    {
        return batch;
    }

    public TestBatch clear()
    {
        batch.size = 0;
        return this;
    }

    public TestBatch add(final byte[] frame, final int ingress, final int flags)
    {
        final int i = batch.size++;
        batch.address(i, memory + (long)i * SLOT + PacketIo.HEADROOM_BYTES);
        batch.length(i, frame.length);
        batch.ingress(i, ingress);
        batch.flags(i, flags);
        batch.verdict(i, Integer.MIN_VALUE);
        batch.egress(i, -1);
        for (int b = 0; b < frame.length; b++)
        {
            NativeMemory.putByte(batch.address(i) + b, frame[b]);
        }
        return this;
    }

    /** @param batch of frames. @return their verdicts, and those of the rows behind them. */
    public static int[] verdicts(final PacketBatch batch)
    {
        return IntStream.range(0, PacketBatch.CAPACITY).map(batch::verdict).toArray();
    }

    public byte[] frame(final int i)
    {
        final byte[] frame = new byte[batch.length(i)];
        for (int b = 0; b < frame.length; b++)
        {
            frame[b] = (byte)NativeMemory.getUnsignedByte(batch.address(i) + b);
        }
        return frame;
    }
}
