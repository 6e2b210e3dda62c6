package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.io.uring.TpacketDescriptor.LEN;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.SMALL_SLOT_BYTES;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS_AVAILABLE;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS_SEND_REQUEST;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS_WRONG_FORMAT;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.TRANSMIT_BLOCK_BYTES;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.TRANSMIT_DATA_OFFSET;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.TRANSMIT_SLOTS;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_HDR_LEN;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_HEADER_BYTES;

import org.headrace.forwarder.linux.MemoryMapping;
import org.headrace.forwarder.linux.NativeMemory;

/**
 * A TPACKET_V2 transmit ring: frames are copied into slots, and one system call, the kick, sends them all.
 *
 * <p>The vnet header in a slot claims that the whole frame is header, because the kernel copies a header into the
 * packet's buffer, and takes what follows by reference to the slot's page. A packet that refers to such a page is slow:
 * a receiver on this host has to copy the page before the slot can be used again.
 *
 * <p><b>Assumptions and guarantees.</b> One thread writes, and the kernel takes frames only while that thread asks it
 * to, in order, up to the first that it cannot send; there it goes on the next time. A slot becomes free when its
 * packet has left the host or reached a socket, which any CPU may find out: hence acquire. Release, so that the kernel
 * sees a whole frame when it sees the request.
 */
final class TransmitRing implements AutoCloseable
{
    private final long slots;
    private final MemoryMapping mapping;
    private int head;
    private int pending;

    /** @param fd socket with a transmit ring of one block. */
    TransmitRing(final int fd)
    {
        mapping = MemoryMapping.ofFile("transmit ring", fd, 0, TRANSMIT_BLOCK_BYTES);
        slots = mapping.address();
    }

    /**
     * @return true if the next slot is free: {@link #put} may be called.
     */
    boolean isFree()
    {
        return NativeMemory.getIntAcquire(slot(head) + STATUS) == STATUS_AVAILABLE;
    }

    /**
     * Copies a frame into the next slot, for the next kick.
     *
     * @param vnetHeader address of its vnet header, which the frame follows.
     * @param length     of the frame, at most what {@link TpacketDescriptor#frameCapacity} says of a small slot.
     */
    void put(final long vnetHeader, final int length)
    {
        final long slot = slot(head);
        NativeMemory.copy(vnetHeader, slot + TRANSMIT_DATA_OFFSET, VNET_HEADER_BYTES + length);
        NativeMemory.putShort(slot + TRANSMIT_DATA_OFFSET + VNET_HDR_LEN, length);
        NativeMemory.putInt(slot + LEN, VNET_HEADER_BYTES + length);
        NativeMemory.putIntRelease(slot + STATUS, STATUS_SEND_REQUEST);
        head = next(head);
        pending++;
    }

    /**
     * @return frames put since {@link #settle}.
     */
    int pending()
    {
        return pending;
    }

    /**
     * Looks, after the kick, what has become of the frames that were put. Those that the kernel has not sent are taken
     * back; they are the last ones, and the kernel goes on where the first of them was.
     *
     * @return frames that it has sent.
     */
    int settle()
    {
        final int put = pending;
        int slot = head - put < 0 ? head - put + TRANSMIT_SLOTS : head - put;
        pending = 0;
        for (int sent = 0; sent < put; sent++)
        {
            final int status = NativeMemory.getIntAcquire(slot(slot) + STATUS);
            if ((status & (STATUS_SEND_REQUEST | STATUS_WRONG_FORMAT)) != 0)
            {
                takeBackSlowPath(slot);
                return sent;
            }
            slot = next(slot);
        }
        return put;
    }

    private void takeBackSlowPath(final int from)
    {
        for (int i = from; i != head; i = next(i))
        {
            NativeMemory.putIntRelease(slot(i) + STATUS, STATUS_AVAILABLE);
        }
        head = from;
    }

    private static int next(final int slot)
    {
        return slot + 1 == TRANSMIT_SLOTS ? 0 : slot + 1;
    }

    /**
     * @return number of the slot that {@link #put} fills next.
     */
    int head()
    {
        return head;
    }

    /**
     * @param number of a slot, from 0.
     * @return its address.
     */
    long slot(final int number)
    {
        return slots + (long)number * SMALL_SLOT_BYTES;
    }

    @Override
    public void close()
    {
        mapping.close();
    }
}
