package org.headrace.forwarder.io.xdp;

import static org.headrace.forwarder.io.xdp.XdpDescriptor.DESC_LENGTH;
import static org.headrace.forwarder.io.xdp.XdpDescriptor.DESC_OPTIONS;
import static org.headrace.forwarder.io.xdp.XdpDescriptor.XDP_PKT_CONTD;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.Socket;
import org.headrace.forwarder.linux.Syscall;

/**
 * One queue of one interface, seen by the worker that owns it: what arrives there, and what leaves by it.
 *
 * <p><b>Where the frames are.</b> {@code receiveSlots} of them are always with this queue's receiving side: in the fill
 * ring, in the kernel, or in the receive ring; for each one taken from the receive ring another goes into the fill ring
 * at once, before any packet is looked at. So the receive ring cannot run over, and a kernel that has more packets than
 * it gets frames drops them before it has copied them. At most {@code transmitSlots} are with the sending side: in the
 * transmit ring, in the kernel, or in the completion ring; so no completion can be lost.
 *
 * <p>Owned by one worker.
 */
final class QueuePort implements AutoCloseable
{
    /** Calls for one batch in which the kernel may take just a part of what is there. */
    private static final int KICK_LIMIT = 2 * PacketBatch.CAPACITY;

    private final int place;
    private final int queue;
    private final XdpSocket socket;
    private final Umem umem;
    private final ProducerRing fill;
    private final ConsumerRing completion;
    private final ConsumerRing receive;
    private final ProducerRing transmit;
    private final PacketAssembly assembly;

    private int fillDebt;
    private int inFlight;
    private int queued;
    private boolean isUnsent;

    /**
     * @param place  of the interface in the configuration.
     * @param queue  of the interface.
     * @param socket of the queue, closed with this port.
     * @param umem   the worker's memory.
     */
    QueuePort(final int place, final int queue, final XdpSocket socket, final Umem umem)
    {
        this.place = place;
        this.queue = queue;
        this.socket = socket;
        this.umem = umem;
        fill = socket.fill();
        completion = socket.completion();
        receive = socket.receive();
        transmit = socket.transmit();
        assembly = new PacketAssembly(umem);
        refill(fill.size());
    }

    int place()
    {
        return place;
    }

    int queue()
    {
        return queue;
    }

    XdpSocket socket()
    {
        return socket;
    }

    /**
     * Adds packets to the batch until it is full or there are none.
     *
     * @param batch to fill.
     * @param from  first free row in it.
     * @return first free row after.
     */
    int receive(final PacketBatch batch, final int from)
    {
        final int ready = receive.available();
        if (ready == 0)
        {
            return from;
        }
        int size = from;
        int taken = 0;
        while (taken < ready && size < PacketBatch.CAPACITY)
        {
            final long descriptor = receive.takeDescriptor();
            taken++;
            final long start = NativeMemory.getLong(descriptor);
            final int length = NativeMemory.getInt(descriptor + DESC_LENGTH);
            final boolean goesOn = (NativeMemory.getInt(descriptor + DESC_OPTIONS) & XDP_PKT_CONTD) != 0;
            if (goesOn || assembly.isOpen())
            {
                size = assembly.append(batch, size, place, umem.address() + start, length, goesOn);
                umem.give(start & -umem.frameBytes());
            }
            else
            {
                batch.address(size, umem.address() + start);
                batch.length(size, length);
                batch.ingress(size, place);
                batch.flags(size, 0);
                batch.cookie(size++, start & -umem.frameBytes());
            }
        }
        receive.release();
        refill(taken);
        return size;
    }

    /** Gives the kernel frames to receive into. @param count of frames that left the receiving side. */
    private void refill(final int count)
    {
        fillDebt += count;
        final int paid = Math.min(fillDebt, umem.freeCount());
        for (int i = 0; i < paid; i++)
        {
            fill.putAddress(umem.take());
        }
        fill.publish();
        fillDebt -= paid;
    }

    /** Takes back the frames that the kernel has sent. */
    void reap()
    {
        final int count = completion.available();
        for (int i = 0; i < count; i++)
        {
            umem.onSent(completion.takeAddress());
        }
        if (count != 0)
        {
            completion.release();
            inFlight -= count;
        }
        if (fillDebt != 0)
        {
            refill(0);
        }
    }

    /**
     * Puts a packet into the transmit ring; {@link #send} sends it.
     *
     * @param frame  that it lies in, which is the kernel's then.
     * @param start  place of its first byte.
     * @param length of it in bytes, above 0.
     * @return false if there is no room.
     */
    boolean queue(final long frame, final long start, final int length)
    {
        if (inFlight + queued == transmit.size())
        {
            return false;
        }
        if (umem.large().contains(frame))
        {
            return queueLarge(frame, start, length);
        }
        transmit.putDescriptor(start, length, 0);
        queued++;
        return true;
    }

    private boolean queueLarge(final long frame, final long start, final int length)
    {
        final int frameBytes = umem.frameBytes();
        final int first = Math.min(length, frameBytes - (int)(start & frameBytes - 1));
        final int parts = 1 + (length - first + frameBytes - 1) / frameBytes;
        if (inFlight + queued + parts > transmit.size() || parts > XdpDescriptor.MAX_DESCRIPTORS)
        {
            return false;
        }
        umem.large().onSend(frame, parts);
        long partStart = start;
        int rest = length;
        int part = first;
        while (rest > part)
        {
            transmit.putDescriptor(partStart, part, XDP_PKT_CONTD);
            partStart += part;
            rest -= part;
            part = Math.min(rest, frameBytes);
        }
        transmit.putDescriptor(partStart, rest, 0);
        queued += parts;
        return true;
    }

    /**
     * @return true if there is something for {@link #send} to do: new packets, or such as the kernel has left.
     */
    boolean hasUnsent()
    {
        return queued != 0 || isUnsent;
    }

    /**
     * Sends what was queued, and what the kernel has left the last time.
     *
     * @return false if the kernel refuses to send at all, as an interface that is down; the frames that were queued
     *         since the last call are the caller's again then.
     */
    boolean send()
    {
        final int consumed = transmit.consumedAcquire();
        final int completed = completion.available();
        transmit.publish();
        inFlight += queued;
        isUnsent = false;
        final boolean isTaken = !transmit.isWakeupNeeded() || kick(consumed);
        // If the kernel has taken nothing and dropped nothing, it has not looked at the ring.
        final boolean isUntouched =
            !isTaken && transmit.consumedAcquire() == consumed && completion.available() == completed;
        if (isUntouched)
        {
            transmit.retract(queued);
            inFlight -= queued;
        }
        isUnsent |= !isTaken && !transmit.isDrained();
        queued = 0;
        return !isUntouched;
    }

    private boolean kick(final int consumedBefore)
    {
        int consumed = consumedBefore;
        for (int i = 0; i < KICK_LIMIT; i++)
        {
            if (Syscall.trySendNothing(socket.fd()) >= 0)
            {
                return true;
            }
            final int now = transmit.consumedAcquire();
            if (now == consumed)
            {
                return kickSlowPath();
            }
            if (transmit.isDrained())
            {
                return true;
            }
            consumed = now;
        }
        isUnsent = true;
        return true;
    }

    /** The last call has failed and sent nothing: asks why, and goes on if the cause was a single packet. */
    private boolean kickSlowPath()
    {
        for (int i = 0; i < KICK_LIMIT; i++)
        {
            final long result = Syscall.send(socket.fd(), 0, 0, Socket.MSG_DONTWAIT);
            if (result >= 0)
            {
                return true;
            }
            if (isShortage((int)-result))
            {
                isUnsent = true;
                return true;
            }
            // EBUSY: the device has dropped one packet, which counts as sent; the next one may fit.
            if (result != -Errno.EBUSY.number())
            {
                return false;
            }
        }
        isUnsent = true;
        return true;
    }

    private static boolean isShortage(final int errno)
    {
        return errno == Errno.EAGAIN.number() || errno == Errno.ENOBUFS.number() ||
            errno == Errno.ENOMEM.number() || errno == Errno.EINTR.number();
    }

    /** Calls the kernel if it waits for that: for new frames to receive into, or to be polled. */
    void wakeReceive()
    {
        if (socket.isPolledBusily() || fill.isWakeupNeeded())
        {
            Syscall.tryReceiveNothing(socket.fd());
        }
    }

    /**
     * Costs a system call.
     *
     * @return packets lost before {@link #receive}, since the last call.
     */
    long readLosses()
    {
        return socket.readLosses() + assembly.takeLosses();
    }

    /** @return frames in the transmit ring, in the kernel's sending side and in the completion ring, in descriptors. */
    int inFlight()
    {
        return inFlight;
    }

    /** @return frames that the receiving side is short of. */
    int fillDebt()
    {
        return fillDebt;
    }

    @Override
    public void close()
    {
        socket.close();
    }
}
