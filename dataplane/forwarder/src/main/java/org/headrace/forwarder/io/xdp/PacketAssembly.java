package org.headrace.forwarder.io.xdp;

import static org.headrace.forwarder.io.xdp.XdpDescriptor.PACKET_HEADROOM;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.linux.NativeMemory;

/**
 * Puts a packet that arrives in several frames together in a large one. What does not fit, or finds no large frame
 * free, is lost and counted. Owned by one worker, one for each source of frames.
 */
final class PacketAssembly
{
    /** What the XDP program has put before the packet goes with it. */
    private static final int PREFIX_BYTES = Integer.BYTES;

    private final Umem umem;
    private boolean isOpen;
    private long frame;
    private int length;
    private long losses;

    PacketAssembly(final Umem umem)
    {
        this.umem = umem;
    }

    /** @return true between the first and the last part of a packet. */
    boolean isOpen()
    {
        return isOpen;
    }

    /**
     * Copies a part; its memory is not needed any more then.
     *
     * @param batch   to which the packet is added when this is its last part.
     * @param size    first free row of the batch.
     * @param place   of the interface that it came from.
     * @param address of the part's first byte; before the first part stand at least {@link #PREFIX_BYTES} more.
     * @param bytes   length of the part.
     * @param goesOn  true if more parts follow.
     * @return first free row after.
     */
    int append(
        final PacketBatch batch,
        final int size,
        final int place,
        final long address,
        final int bytes,
        final boolean goesOn)
    {
        if (!isOpen)
        {
            open(address);
        }
        isOpen = goesOn;
        if (frame != Umem.NONE && PACKET_HEADROOM + length + bytes > umem.large().largeBytes())
        {
            umem.large().give(frame);
            frame = Umem.NONE;
        }
        if (frame != Umem.NONE)
        {
            NativeMemory.copy(address, umem.address() + frame + PACKET_HEADROOM + length, bytes);
            length += bytes;
        }
        return goesOn ? size : finish(batch, size, place);
    }

    private void open(final long address)
    {
        length = 0;
        frame = umem.large().take();
        if (frame != Umem.NONE)
        {
            NativeMemory.putInt(
                umem.address() + frame + PACKET_HEADROOM - PREFIX_BYTES, NativeMemory.getInt(address - PREFIX_BYTES));
        }
    }

    private int finish(final PacketBatch batch, final int size, final int place)
    {
        if (frame == Umem.NONE)
        {
            losses++;
            return size;
        }
        batch.address(size, umem.address() + frame + PACKET_HEADROOM);
        batch.length(size, length);
        batch.ingress(size, place);
        batch.flags(size, 0);
        batch.cookie(size, frame);
        return size + 1;
    }

    /** @return packets lost since the last call. */
    long takeLosses()
    {
        final long taken = losses;
        losses = 0;
        return taken;
    }
}
