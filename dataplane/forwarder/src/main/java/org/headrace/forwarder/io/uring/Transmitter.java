package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_HEADER_BYTES;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.linux.Errno;
import org.headrace.protocol.counters.DropReason;

/**
 * Sends the frames of a batch and finds out what became of each. With {@code MSG_DONTWAIT} a request is over when the
 * system call returns, because the kernel copies the frame or takes it by reference there; only failures make
 * completions, and what the rings have kept shows in the rings.
 *
 * <p>Belongs to the worker's thread.
 */
final class Transmitter implements AutoCloseable
{
    static final int TX_FULL = Verdict.drop(DropReason.TX_FULL);
    static final int TX_ERROR = Verdict.drop(DropReason.TX_ERROR);

    /** Requests for a single frame carry its place in the batch, those for a ring only this bit. */
    private static final long KICK_MARK = 1L << 33;
    /** Rounds of submission that make no progress before the rest of a batch is given up. */
    private static final int SUBMIT_TRIES = 4;

    private final TransmitPort[] ports;

    /** @param ports by the place of their interface; closed with this. */
    Transmitter(final TransmitPort[] ports)
    {
        this.ports = ports;
    }

    TransmitPort port(final int place)
    {
        return ports[place];
    }

    /**
     * Makes a frame ready to leave.
     *
     * @param io    to queue requests to; nothing else is queued there before {@link #flush}.
     * @param batch that the frame is in.
     * @param index of the frame; gets a drop verdict if it cannot leave.
     */
    void add(final IoUring io, final PacketBatch batch, final int index)
    {
        final int egress = batch.egress(index);
        if (egress < 0 || egress >= ports.length)
        {
            batch.verdict(index, TX_ERROR);
            return;
        }
        final TransmitPort port = ports[egress];
        final long vnetHeader = batch.address(index) - VNET_HEADER_BYTES;
        VnetHeader.write(batch, index, vnetHeader);
        if ((batch.flags(index) & PacketBatch.SUPER_PACKET) == 0 &&
            port.put(io, vnetHeader, batch.length(index), KICK_MARK))
        {
            return;
        }
        if (!port.queueSend(io, vnetHeader, batch.length(index), index))
        {
            batch.verdict(index, TX_FULL);
        }
    }

    /**
     * Sends what was added. Failures of single requests are left to {@link #onCompletion}.
     *
     * @param io    that has the requests.
     * @param batch that the frames are in; frames that were not sent get a drop verdict.
     */
    void flush(final IoUring io, final PacketBatch batch)
    {
        if (io.queued() == 0)
        {
            return;
        }
        submit(io, batch);
        for (int egress = 0; egress < ports.length; egress++)
        {
            final int put = ports[egress].ring().pending();
            final int sent = ports[egress].settle();
            if (sent != put)
            {
                resendSlowPath(io, batch, egress, sent, put);
            }
        }
    }

    /**
     * What a ring has kept goes out one by one, so that each frame has its own result, and the one that the kernel
     * stopped at does not hold up the others. The ring had the first frames of the batch for this interface.
     */
    private void resendSlowPath(
        final IoUring io, final PacketBatch batch, final int egress, final int sent, final int put)
    {
        int number = 0;
        for (int i = 0; i < batch.size && number < put; i++)
        {
            if (batch.egress(i) == egress && isToBeSent(batch.verdict(i)) && number++ >= sent &&
                !ports[egress].queueSend(io, batch.address(i) - VNET_HEADER_BYTES, batch.length(i), i))
            {
                batch.verdict(i, TX_FULL);
            }
        }
        submit(io, batch);
        ports[egress].settle();
    }

    static boolean isToBeSent(final int verdict)
    {
        return verdict == Verdict.FORWARD || verdict == Verdict.ANSWER;
    }

    private static void submit(final IoUring io, final PacketBatch batch)
    {
        for (int i = 0; i < SUBMIT_TRIES && io.queued() != 0; i++)
        {
            io.submit();
        }
        if (io.queued() != 0)
        {
            dropUnsentSlowPath(io, batch);
        }
    }

    /** The kernel has not taken the last requests: it is out of memory. */
    private static void dropUnsentSlowPath(final IoUring io, final PacketBatch batch)
    {
        for (int i = 0; i < io.queued(); i++)
        {
            onFailure(batch, io.queuedUserData(i), TX_FULL);
        }
        io.dropQueued();
    }

    /**
     * @param batch    that was sent last.
     * @param userData of a request that has failed.
     * @param result   negative error number.
     */
    static void onCompletion(final PacketBatch batch, final long userData, final int result)
    {
        final boolean isFull = result == -Errno.ENOBUFS.number() || result == -Errno.EAGAIN.number() ||
            result == -Errno.ENOMEM.number();
        onFailure(batch, userData, isFull ? TX_FULL : TX_ERROR);
    }

    private static void onFailure(final PacketBatch batch, final long userData, final int verdict)
    {
        if ((userData & KICK_MARK) == 0)
        {
            batch.verdict((int)userData, verdict);
        }
    }

    @Override
    public void close()
    {
        for (final TransmitPort port : ports)
        {
            port.close();
        }
    }
}
