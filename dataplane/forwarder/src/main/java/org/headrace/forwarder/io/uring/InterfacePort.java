package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.io.uring.TpacketDescriptor.LEN;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.MAC;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.NSEC;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.SEC;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.SNAPLEN;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS_LOSING;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_F_NEEDS_CSUM;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_HEADER_BYTES;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.linux.NativeMemory;

/**
 * One worker's share of what an interface receives: a socket with many small slots and one with few large slots, told
 * apart by the length test in their filters, and merged here into the order of arrival.
 *
 * <p><b>Why the order holds.</b> Each frame goes to exactly one of the rings. A receive queue of the interface is
 * served by one CPU at a time, which hands a frame to <em>both</em> sockets, and so has published it in its ring,
 * before it turns to the next frame. Therefore whoever sees frame 2 and looks again afterwards, sees frame 1:
 * <ul>
 * <li>Small seen ready, then large seen empty: every frame that precedes the small one had been published before it, so
 * an earlier large one would have been there. Take the small one.</li>
 * <li>Small seen empty, then large seen ready: a small one may have been published between the two looks. Look at small
 * again; if it is still empty, no earlier one exists. Take the large one.</li>
 * <li>Both ready: the arrival times decide, which the kernel stamps in nanoseconds in the same order.</li>
 * </ul>
 * The arrival time is wall-clock time: a step backwards, in the moment in which both rings hold frames, may swap two
 * neighbours once; TCP repairs that. Frames of different receive queues have no order among each other; a connection
 * stays on one queue.
 */
final class InterfacePort implements AutoCloseable
{
    private final int place;
    private final PacketSocket small;
    private final PacketSocket large;
    private final TpacketRing smallRing;
    private final TpacketRing largeRing;
    private boolean isOverrunDue = true;
    private long overruns;

    /**
     * @param place of the interface in the configuration.
     * @param small socket for short frames.
     * @param large socket for the rest.
     */
    InterfacePort(final int place, final PacketSocket small, final PacketSocket large)
    {
        this.place = place;
        this.small = small;
        this.large = large;
        smallRing = small.ring();
        largeRing = large.ring();
    }

    PacketSocket small()
    {
        return small;
    }

    PacketSocket large()
    {
        return large;
    }

    /**
     * Adds frames to the batch until it is full or there are none.
     *
     * @param batch to fill.
     * @param from  first free place in it.
     * @return first free place after.
     */
    int receive(final PacketBatch batch, final int from)
    {
        int size = from;
        while (size < PacketBatch.CAPACITY)
        {
            final TpacketRing ring = earliest();
            if (ring == null)
            {
                break;
            }
            final long slot = ring.head();
            ring.advance();
            if (NativeMemory.getInt(slot + SNAPLEN) < NativeMemory.getInt(slot + LEN))
            {
                dropTruncatedSlowPath(slot);
            }
            else
            {
                fill(batch, size++, slot);
            }
        }
        // A loss shows in the status of the frames after it; if none come, only the statistics show it.
        isOverrunDue |= size == from;
        return size;
    }

    private TpacketRing earliest()
    {
        final boolean isSmallSeen = smallRing.isReady();
        if (!largeRing.isReady())
        {
            return isSmallSeen ? smallRing : null;
        }
        if (!isSmallSeen && !smallRing.isReady())
        {
            return largeRing;
        }
        return isNotAfter(smallRing.head(), largeRing.head()) ? smallRing : largeRing;
    }

    private static boolean isNotAfter(final long firstSlot, final long secondSlot)
    {
        final int seconds = NativeMemory.getInt(firstSlot + SEC) - NativeMemory.getInt(secondSlot + SEC);
        return seconds < 0 ||
            seconds == 0 && NativeMemory.getInt(firstSlot + NSEC) <= NativeMemory.getInt(secondSlot + NSEC);
    }

    private void fill(final PacketBatch batch, final int index, final long slot)
    {
        final long address = slot + NativeMemory.getUnsignedShort(slot + MAC);
        // flags and gso_type of the vnet header are its first two bytes.
        final int vnet = NativeMemory.getUnsignedShort(address - VNET_HEADER_BYTES);
        batch.address(index, address);
        batch.length(index, NativeMemory.getInt(slot + LEN));
        batch.ingress(index, place);
        batch.flags(index, ((vnet & VNET_F_NEEDS_CSUM) != 0 ? PacketBatch.PARTIAL_CHECKSUM : 0) |
            (vnet >>> Byte.SIZE != 0 ? PacketBatch.SUPER_PACKET : 0));
        batch.cookie(index, slot);
        isOverrunDue |= (NativeMemory.getInt(slot + STATUS) & STATUS_LOSING) != 0;
    }

    /**
     * A frame that is longer than its slot: beyond 64 KiB, which only "BIG TCP" makes, and that has to be switched on.
     */
    private void dropTruncatedSlowPath(final long slot)
    {
        overruns++;
        TpacketRing.release(slot);
    }

    /**
     * @return frames lost before {@link #receive}.
     */
    long overruns()
    {
        if (isOverrunDue)
        {
            isOverrunDue = false;
            overruns += small.readOverruns() + large.readOverruns();
        }
        return overruns;
    }

    @Override
    public void close()
    {
        small.close();
        large.close();
    }
}
