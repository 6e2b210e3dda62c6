package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.io.uring.TpacketDescriptor.MAC;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_CSUM_START;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_HDR_LEN;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_HEADER_BYTES;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.linux.NativeMemory;

/** The header that says what offloads a frame needs, on its way from the receive ring to where the frame begins now. */
final class VnetHeader
{
    private VnetHeader()
    {
    }

    /**
     * @param batch   with the frame.
     * @param index   of the frame.
     * @param address where its header is to stand.
     */
    static void write(final PacketBatch batch, final int index, final long address)
    {
        if (batch.flags(index) == 0)
        {
            NativeMemory.putLong(address, 0);
            NativeMemory.putShort(address + Long.BYTES, 0);
            return;
        }
        final long slot = batch.cookie(index);
        final long received = slot + NativeMemory.getUnsignedShort(slot + MAC) - VNET_HEADER_BYTES;
        if (received != address)
        {
            moveSlowPath(received, address);
        }
    }

    /** The frame begins elsewhere than it was received: offsets count from its new beginning. */
    private static void moveSlowPath(final long from, final long to)
    {
        final int shift = (int)(from - to);
        final long first = NativeMemory.getLong(from);
        final int last = NativeMemory.getUnsignedShort(from + Long.BYTES);
        NativeMemory.putLong(to, first);
        NativeMemory.putShort(to + Long.BYTES, last);
        final int headerLength = NativeMemory.getUnsignedShort(to + VNET_HDR_LEN);
        // Only a super-packet has a header length; with a packet of one segment it is 0 and stays 0.
        if (headerLength != 0)
        {
            NativeMemory.putShort(to + VNET_HDR_LEN, headerLength + shift);
        }
        NativeMemory.putShort(to + VNET_CSUM_START, NativeMemory.getUnsignedShort(to + VNET_CSUM_START) + shift);
    }
}
