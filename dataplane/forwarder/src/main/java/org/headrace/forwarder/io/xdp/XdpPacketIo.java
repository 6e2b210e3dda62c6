package org.headrace.forwarder.io.xdp;

import static org.headrace.forwarder.io.xdp.XdpDescriptor.PACKET_HEADROOM;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.PassDevice;
import org.headrace.forwarder.io.Verdict;
import org.headrace.protocol.counters.DropReason;

/**
 * AF_XDP: packets arrive in frames of memory that the worker shares with the kernel, over all of its interfaces and
 * queues, and leave from where they lie.
 *
 * <p>There is no vnet header: {@link PacketBatch#flags} are always 0, and a packet whose sender has left its checksum
 * to the hardware cannot be told from a broken one (architecture, section 5).
 *
 * <p>Opened by {@link XdpContext#openNext}.
 */
public final class XdpPacketIo implements PacketIo
{
    private static final int TX_FULL = Verdict.drop(DropReason.TX_FULL);
    private static final int TX_ERROR = Verdict.drop(DropReason.TX_ERROR);

    private final Umem umem;
    private final QueuePort[] ports;
    private final QueuePort[] egress;
    private final Handoff handoff;
    private final WakeupPoll wakeup;
    private PassDevice passDevice;
    private int firstPort;
    private long overruns;

    /**
     * @param umem    the worker's memory, closed with this driver.
     * @param ports   all queues of the worker, closed with this driver.
     * @param egress  by place of the interface: the port that frames leave it by, one of those above.
     * @param handoff to the other workers, or null if there are none.
     */
    XdpPacketIo(final Umem umem, final QueuePort[] ports, final QueuePort[] egress, final Handoff handoff)
    {
        this.umem = umem;
        this.ports = ports;
        this.egress = egress;
        this.handoff = handoff;
        final int[] fds = new int[ports.length + (handoff == null ? 0 : 1)];
        for (int i = 0; i < ports.length; i++)
        {
            fds[i] = ports[i].socket().fd();
        }
        if (handoff != null)
        {
            fds[ports.length] = handoff.bell().fd();
        }
        wakeup = new WakeupPoll(fds);
    }

    Umem umem()
    {
        return umem;
    }

    QueuePort[] ports()
    {
        return ports;
    }

    /** @param device for frames that are the kernel's; before a frame comes. */
    void passTo(final PassDevice device)
    {
        passDevice = device;
    }

    @Override
    public int receive(final PacketBatch batch)
    {
        int size = handoff == null ? 0 : handoff.take(batch, 0);
        // Another queue has the first choice each time, so that none can keep the others out.
        int port = firstPort;
        for (int i = 0; i < ports.length && size < PacketBatch.CAPACITY; i++)
        {
            final int end = ports[port].receive(batch, size);
            size = handoff == null ? end : handoff.giveAway(batch, size, end);
            port = port + 1 == ports.length ? 0 : port + 1;
        }
        firstPort = firstPort + 1 == ports.length ? 0 : firstPort + 1;
        if (size == 0)
        {
            onNothingReceived();
        }
        batch.size = size;
        return size;
    }

    /** Nobody calls {@link #transmit} now, so what it would have done besides is done here. */
    private void onNothingReceived()
    {
        for (final QueuePort port : ports)
        {
            port.wakeReceive();
            if (port.hasUnsent())
            {
                port.reap();
                port.send();
            }
        }
    }

    @Override
    public void transmit(final PacketBatch batch)
    {
        final int size = batch.size;
        for (int i = 0; i < size; i++)
        {
            final int verdict = batch.verdict(i);
            if (verdict == Verdict.FORWARD || verdict == Verdict.ANSWER)
            {
                queue(batch, i);
            }
            else
            {
                if (verdict == Verdict.PASS)
                {
                    passDevice.passPlain(batch, i);
                }
                umem.giveAny(batch.cookie(i));
            }
        }
        for (final QueuePort port : ports)
        {
            // Frames for the receiving side come before the work of sending.
            port.reap();
        }
        for (final QueuePort port : egress)
        {
            if (port.hasUnsent() && !port.send())
            {
                takeBackSlowPath(batch, port.place());
            }
        }
    }

    private void queue(final PacketBatch batch, final int index)
    {
        final int place = batch.egress(index);
        final long frame = batch.cookie(index);
        final long start = batch.address(index) - umem.address();
        if (place < 0 || place >= egress.length || !umem.holds(frame, start, batch.length(index)))
        {
            batch.verdict(index, TX_ERROR);
            umem.giveAny(frame);
        }
        else if (!egress[place].queue(frame, start, batch.length(index)))
        {
            batch.verdict(index, TX_FULL);
            umem.giveAny(frame);
        }
    }

    /** The interface takes nothing: what was queued for it in this batch is dropped. */
    private void takeBackSlowPath(final PacketBatch batch, final int place)
    {
        for (int i = 0; i < batch.size; i++)
        {
            final boolean isQueued = batch.verdict(i) == Verdict.FORWARD || batch.verdict(i) == Verdict.ANSWER;
            if (isQueued && batch.egress(i) == place)
            {
                batch.verdict(i, TX_ERROR);
                umem.giveAny(batch.cookie(i));
            }
        }
    }

    @Override
    public boolean claim(final PacketBatch batch)
    {
        if (batch.size == PacketBatch.CAPACITY)
        {
            return false;
        }
        final long frame = umem.take();
        if (frame == Umem.NONE)
        {
            return false;
        }
        final int row = batch.size++;
        batch.address(row, umem.address() + frame + PACKET_HEADROOM);
        batch.length(row, 0);
        batch.flags(row, 0);
        batch.cookie(row, frame);
        return true;
    }

    @Override
    public void await(final long timeoutNs)
    {
        boolean isUnsent = false;
        for (final QueuePort port : ports)
        {
            isUnsent |= port.hasUnsent();
        }
        if (handoff == null)
        {
            wakeup.await(timeoutNs, isUnsent);
        }
        else
        {
            handoff.bell().onSleep();
            wakeup.await(handoff.hasIncoming() ? 0 : timeoutNs, isUnsent);
            handoff.bell().onAwake();
        }
    }

    @Override
    public long overruns()
    {
        for (final QueuePort port : ports)
        {
            overruns += port.readLosses();
        }
        overruns += handoff == null ? 0 : handoff.takeLosses();
        return overruns;
    }

    @Override
    public void close()
    {
        for (final QueuePort port : ports)
        {
            port.close();
        }
        umem.close();
    }
}
