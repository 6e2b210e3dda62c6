package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.io.uring.TpacketDescriptor.FRAME_OFFSET;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS_KERNEL;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS_USER;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.linux.NativeMemory;

/**
 * Frames for packets that were never received: slots laid out like those of a receive ring, in memory of our own. So
 * they are sent, and given back, by the same code; that their status says who has them is all that is needed.
 */
final class SpareFrames
{
    private static final int SLOT_BYTES = 512;

    static
    {
        assert FRAME_OFFSET + PacketIo.CLAIMED_FRAME_BYTES <= SLOT_BYTES;
    }

    private final long slots = NativeMemory.allocate((long)SLOT_BYTES * PacketBatch.CAPACITY, 64);
    private int head;

    /** See {@link PacketIo#claim}. */
    boolean claim(final PacketBatch batch)
    {
        final long slot = slots + (long)head * SLOT_BYTES;
        if (batch.size == PacketBatch.CAPACITY || NativeMemory.getInt(slot + STATUS) != STATUS_KERNEL)
        {
            return false;
        }
        head = head + 1 == PacketBatch.CAPACITY ? 0 : head + 1;
        NativeMemory.putInt(slot + STATUS, STATUS_USER);
        final int place = batch.size++;
        batch.address(place, slot + FRAME_OFFSET);
        batch.length(place, 0);
        batch.flags(place, 0);
        batch.cookie(place, slot);
        return true;
    }
}
