package org.headrace.forwarder.io.uring;

import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.Socket;

/**
 * One worker's way out of one interface: a ring for short frames, sent by one request for all of them, and a socket
 * that sends every other frame by a request of its own, straight from where it lies.
 *
 * <p><b>Why the order holds.</b> The io_uring carries out requests one after the other, and everything in the ring
 * leaves when its request, the kick, comes up. The kick is queued with the first frame that goes into the ring. As soon
 * as one frame of a batch takes the other way, all that follow do: what is in the ring is always what came first. What
 * the kick leaves behind is taken back and sent again before the next batch.
 */
final class TransmitPort implements AutoCloseable
{
    private final TransmitSocket direct;
    private final TransmitSocket kicked;
    private final TransmitRing ring;
    private final int directFile;
    private final int kickedFile;
    private boolean isRingClosed;

    /**
     * @param link       to send to.
     * @param directFile place of {@link #directFd} among the registered files of the io_uring.
     * @param kickedFile place of {@link #kickedFd}.
     */
    TransmitPort(final NetworkLink link, final int directFile, final int kickedFile)
    {
        this.directFile = directFile;
        this.kickedFile = kickedFile;
        direct = new TransmitSocket(link);
        TransmitSocket second = null;
        try
        {
            second = new TransmitSocket(link);
            ring = second.makeRing();
        }
        catch (final RuntimeException ex)
        {
            direct.close();
            if (second != null)
            {
                second.close();
            }
            throw ex;
        }
        kicked = second;
    }

    void bind()
    {
        direct.bind();
        kicked.bind();
    }

    int directFd()
    {
        return direct.fd();
    }

    int kickedFd()
    {
        return kicked.fd();
    }

    TransmitRing ring()
    {
        return ring;
    }

    /**
     * Puts a frame into the ring, if it may go that way.
     *
     * @param io         to queue the kick to, with the first frame.
     * @param vnetHeader address of the vnet header, which the frame follows.
     * @param length     of the frame.
     * @param userData   of the kick.
     * @return false if the frame has to take the other way, {@link #queueSend}.
     */
    boolean put(final IoUring io, final long vnetHeader, final int length, final long userData)
    {
        if (isRingClosed || length > TpacketDescriptor.TRANSMIT_FRAME_BYTES || !ring.isFree() ||
            ring.pending() == 0 && !io.queueSend(kickedFile, 0, 0, Socket.MSG_DONTWAIT, userData))
        {
            isRingClosed = true;
            return false;
        }
        ring.put(vnetHeader, length);
        return true;
    }

    /**
     * Queues a request to send one frame.
     *
     * @param io         to queue to.
     * @param vnetHeader address of the vnet header, which the frame follows.
     * @param length     of the frame.
     * @param userData   of the request.
     * @return false if the queue is full.
     */
    boolean queueSend(final IoUring io, final long vnetHeader, final int length, final long userData)
    {
        isRingClosed = true;
        return io.queueSend(
            directFile, vnetHeader, length + TpacketDescriptor.VNET_HEADER_BYTES, Socket.MSG_DONTWAIT, userData);
    }

    /**
     * Ends a batch, after the requests have been submitted.
     *
     * @return see {@link TransmitRing#settle}.
     */
    int settle()
    {
        isRingClosed = false;
        return ring.pending() == 0 ? 0 : ring.settle();
    }

    @Override
    public void close()
    {
        ring.close();
        kicked.close();
        direct.close();
    }
}
