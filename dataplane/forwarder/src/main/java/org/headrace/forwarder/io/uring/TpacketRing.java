package org.headrace.forwarder.io.uring;

import org.headrace.forwarder.linux.MemoryMapping;
import org.headrace.forwarder.linux.NativeMemory;

/**
 * Reading place in a TPACKET_V2 receive ring. The kernel fills slots in order and waits at one that has not been given
 * back; slots may be given back in any order.
 *
 * <p><b>Assumptions and guarantees.</b> One thread reads. The kernel writes a slot, then its status word; the status is
 * read with acquire, so that everything that was written before it is seen. Giving back is a release store, so that the
 * kernel does not overwrite what is still being read.
 */
final class TpacketRing implements AutoCloseable
{
    private final MemoryMapping mapping;
    private final int slotBytes;
    private final int slotsPerBlock;
    private final int blockGapBytes;
    private final long end;
    private long head;
    private int headInBlock;

    /**
     * @param fd        socket with a receive ring of this shape.
     * @param slotBytes size of a slot.
     * @param blocks    of {@link TpacketDescriptor#BLOCK_BYTES} each.
     */
    TpacketRing(final int fd, final int slotBytes, final int blocks)
    {
        this.slotBytes = slotBytes;
        slotsPerBlock = TpacketDescriptor.BLOCK_BYTES / slotBytes;
        blockGapBytes = TpacketDescriptor.BLOCK_BYTES - slotsPerBlock * slotBytes;
        mapping = MemoryMapping.ofFile("receive ring", fd, 0, (long)blocks * TpacketDescriptor.BLOCK_BYTES);
        head = mapping.address();
        end = head + (long)blocks * TpacketDescriptor.BLOCK_BYTES;
    }

    /**
     * @return address of the next slot to read, whether or not it is filled.
     */
    long head()
    {
        return head;
    }

    /**
     * @return true if the slot at {@link #head} holds a frame.
     */
    boolean isReady()
    {
        return (NativeMemory.getIntAcquire(head + TpacketDescriptor.STATUS) & TpacketDescriptor.STATUS_USER) != 0;
    }

    /** Goes on to the next slot. */
    void advance()
    {
        head += slotBytes;
        if (++headInBlock == slotsPerBlock)
        {
            headInBlock = 0;
            head += blockGapBytes;
            if (head == end)
            {
                head = mapping.address();
            }
        }
    }

    /**
     * @param slot to give back to the kernel.
     */
    static void release(final long slot)
    {
        NativeMemory.putIntRelease(slot + TpacketDescriptor.STATUS, TpacketDescriptor.STATUS_KERNEL);
    }

    @Override
    public void close()
    {
        mapping.close();
    }
}
