package org.headrace.perf.generate.link;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.NetworkLink;

/** A link over AF_PACKET with two mapped rings: no copy to send, one to receive, one system call for many frames. */
public final class PacketLink implements FrameLink
{
    private static final int RING_BYTES = 8 << 20;
    private static final int MIN_SLOT_BYTES = 256;
    private static final int MAX_SLOT_BYTES = 16 << 10;

    private final PacketRing receiving;
    private final PacketRing sending;
    private long lastCommitted;
    private long lost;

    /**
     * Opens both rings, in the namespace of the calling thread.
     *
     * @param interfaceName    to send into and to receive from.
     * @param longestSent      longest frame that will be sent, in bytes.
     * @param longestReceived  how much of a received frame is captured at least, in bytes.
     */
    public PacketLink(final String interfaceName, final int longestSent, final int longestReceived)
    {
        final NetworkLink link = NetworkLink.find(interfaceName);
        if (!link.isUp())
        {
            throw new IllegalArgumentException("interface=" + interfaceName + " is down");
        }
        final int sendSlot = slotBytes(longestSent + PacketRing.SEND_OFFSET);
        // The kernel puts a frame behind its header and a sockaddr_ll, aligned: 80 bytes are enough for that.
        final int receiveSlot = slotBytes(longestReceived + 80);
        sending = PacketRing.sending(link, sendSlot, RING_BYTES / sendSlot);
        try
        {
            receiving = PacketRing.receiving(link, receiveSlot, RING_BYTES / receiveSlot);
        }
        catch (final RuntimeException e)
        {
            sending.close();
            throw e;
        }
    }

    private static int slotBytes(final int least)
    {
        final int slotBytes = Math.max(MIN_SLOT_BYTES, Integer.highestOneBit(least - 1) << 1);
        if (slotBytes > MAX_SLOT_BYTES)
        {
            throw new IllegalArgumentException("frame needs slot=" + slotBytes + " > " + MAX_SLOT_BYTES);
        }
        return slotBytes;
    }

    @Override
    public int receive(final FrameHandler handler, final int limit)
    {
        int count = 0;
        while (count < limit && (PacketRing.statusAcquire(receiving.head()) & PacketRing.STATUS_USER) != 0)
        {
            final long slot = receiving.head();
            handler.onFrame(slot + NativeMemory.getUnsignedShort(slot + PacketRing.FRAME),
                NativeMemory.getInt(slot + PacketRing.CAPTURED));
            PacketRing.statusRelease(slot, PacketRing.STATUS_KERNEL);
            receiving.advance();
            count++;
        }
        return count;
    }

    @Override
    public boolean hasRoom(final int frames)
    {
        // Frames are done with in about the order in which they were sent.
        return PacketRing.statusAcquire(sending.ahead(frames - 1)) == PacketRing.STATUS_KERNEL;
    }

    @Override
    public long claim()
    {
        final long slot = sending.head();
        return PacketRing.statusAcquire(slot) == PacketRing.STATUS_KERNEL ? slot + PacketRing.SEND_OFFSET : 0;
    }

    @Override
    public void commit(final int lengthBytes)
    {
        final long slot = sending.head();
        NativeMemory.putInt(slot + PacketRing.LENGTH, lengthBytes);
        PacketRing.statusRelease(slot, PacketRing.STATUS_USER);
        lastCommitted = slot;
        sending.advance();
    }

    @Override
    public void flush()
    {
        if (lastCommitted == 0)
        {
            return;
        }
        if (PacketRing.statusAcquire(lastCommitted) == PacketRing.STATUS_USER)
        {
            sending.kick();
        }
        else
        {
            lastCommitted = 0;
        }
    }

    @Override
    public boolean isDrained()
    {
        flush();
        return lastCommitted == 0;
    }

    @Override
    public long lost()
    {
        lost += receiving.readLost();
        return lost;
    }

    @Override
    public void close()
    {
        receiving.close();
        sending.close();
    }
}
