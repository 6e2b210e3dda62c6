package org.headrace.forwarder.io.xdp;

import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.Socket;
import org.headrace.forwarder.linux.Syscall;
import org.headrace.forwarder.linux.SystemCallException;

/**
 * An AF_XDP socket that only sends, on one queue of an interface: it needs no XDP program there. For measurements and
 * tools; the data plane's driver is {@link XdpPacketIo}.
 *
 * <p>For one thread. Frames may be of up to {@link #MAX_FRAME_BYTES}, and begin as zeros or as an earlier frame left
 * them.
 */
public final class XdpTransmitter implements AutoCloseable
{
    /** Longest frame. */
    public static final int MAX_FRAME_BYTES = 4_096;

    /** Of the kernel's rings that are not used, the smallest size that it takes. */
    private static final int UNUSED_SLOTS = 2;

    private final Umem umem;
    private final XdpSocket socket;
    private final boolean isZeroCopy;
    private long claimed = Umem.NONE;

    private XdpTransmitter(final Umem umem, final XdpSocket socket, final boolean isZeroCopy)
    {
        this.umem = umem;
        this.socket = socket;
        this.isZeroCopy = isZeroCopy;
    }

    /**
     * Opens the socket, without copying where the device offers that.
     *
     * @param link  interface, in the network namespace of the calling thread.
     * @param queue of it, from 0.
     * @param slots frames that may be under way, a power of two.
     * @return the open socket.
     * @throws SystemCallException when the device or the kernel refuses.
     */
    public static XdpTransmitter open(final NetworkLink link, final int queue, final int slots)
    {
        try
        {
            return open(link, queue, slots, XdpDescriptor.XDP_ZEROCOPY);
        }
        catch (final SystemCallException ex)
        {
            if (ex.is(Errno.EBUSY))
            {
                throw ex;
            }
            return open(link, queue, slots, XdpDescriptor.XDP_COPY);
        }
    }

    private static XdpTransmitter open(final NetworkLink link, final int queue, final int slots, final int mode)
    {
        final Umem umem = new Umem(MAX_FRAME_BYTES, slots, 0, 0);
        XdpSocket socket = null;
        try
        {
            socket = new XdpSocket(umem, UNUSED_SLOTS, slots);
            Syscall.check("bind(AF_XDP, " + link.name() + ", queue=" + queue + ")",
                socket.bind(link.index(), queue, mode | XdpDescriptor.XDP_USE_NEED_WAKEUP, 0));
            return new XdpTransmitter(umem, socket, mode == XdpDescriptor.XDP_ZEROCOPY);
        }
        catch (final RuntimeException ex)
        {
            if (socket != null)
            {
                socket.close();
            }
            umem.close();
            throw ex;
        }
    }

    /** @return true if frames leave without being copied. */
    public boolean isZeroCopy()
    {
        return isZeroCopy;
    }

    /** @param frames how many. @return true if so many can be claimed now. */
    public boolean hasRoom(final int frames)
    {
        if (umem.freeCount() < frames)
        {
            reap();
        }
        return umem.freeCount() >= frames;
    }

    /** @return address to write the next frame to; 0 if all are under way. */
    public long claim()
    {
        if (claimed == Umem.NONE && hasRoom(1))
        {
            claimed = umem.take();
        }
        return claimed == Umem.NONE ? 0 : umem.address() + claimed;
    }

    /** @param lengthBytes of the frame at the address that was claimed last, 1 to {@link #MAX_FRAME_BYTES}. */
    public void commit(final int lengthBytes)
    {
        socket.transmit().putDescriptor(claimed, lengthBytes, 0);
        claimed = Umem.NONE;
    }

    /** Sends what has been committed, as far as it goes now; the rest with the next call. */
    public void flush()
    {
        socket.transmit().publish();
        if (!socket.transmit().isDrained() && socket.transmit().isWakeupNeeded())
        {
            Syscall.send(socket.fd(), 0, 0, Socket.MSG_DONTWAIT);
        }
    }

    /** @return true if the kernel has taken everything that was committed and flushed. */
    public boolean isDrained()
    {
        return socket.transmit().isDrained();
    }

    private void reap()
    {
        final ConsumerRing completion = socket.completion();
        final int count = completion.available();
        for (int i = 0; i < count; i++)
        {
            umem.onSent(completion.takeAddress());
        }
        if (count != 0)
        {
            completion.release();
        }
    }

    @Override
    public void close()
    {
        socket.close();
        umem.close();
    }
}
