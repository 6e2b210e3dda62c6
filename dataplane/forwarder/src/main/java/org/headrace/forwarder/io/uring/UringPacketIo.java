package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.io.uring.TpacketDescriptor.ETHERNET_HEADER_BYTES;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.MAC;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_CSUM_START;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_HDR_LEN;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_HEADER_BYTES;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.Socket;
import org.headrace.forwarder.linux.TunDevice;
import org.headrace.protocol.counters.DropReason;

/**
 * AF_PACKET driven by io_uring: frames are received in rings that the kernel fills and sent straight from where they
 * lie, with one system call per cycle.
 *
 * <p>The vnet header before each frame tells of partial checksums and of super-packets, on the way in and on the way
 * out, so that both cross in one piece. With {@code MSG_DONTWAIT} a send is over when the system call returns, because
 * the kernel copies the frame or takes it by reference there: so slots go back right after it, and only failures make
 * completions.
 *
 * <p>Opened by {@link UringContext#openNext}. The ring is made by the worker's thread when it first calls, because an
 * io_uring of a single issuer belongs to the thread that made it.
 */
public final class UringPacketIo implements PacketIo
{
    private static final int TX_FULL = Verdict.drop(DropReason.TX_FULL);
    private static final int TX_ERROR = Verdict.drop(DropReason.TX_ERROR);
    private static final int SOCKETS_PER_PORT = 2;
    /** {@code POLLIN} of {@code asm-generic/poll.h}. */
    private static final int POLLIN = 1;
    /** {@code POLLERR}, which is reported without being asked for. */
    private static final int POLLERR = 8;
    /** Completions of polls have this bit, those of sends only the place of the frame in the batch. */
    private static final long POLL_MARK = 1L << 32;
    /** Rounds of submission that make no progress before the rest of a batch is given up. */
    private static final int SUBMIT_TRIES = 4;

    private final InterfacePort[] ports;
    private final SpareFrames spareFrames = new SpareFrames();
    private TunDevice passDevice;
    private final boolean[] isPollArmed;
    private IoUring ring;
    private int firstPort;

    /**
     * @param ports by their place in the configuration; closed with this driver.
     */
    UringPacketIo(final InterfacePort[] ports)
    {
        this.ports = ports;
        isPollArmed = new boolean[ports.length * SOCKETS_PER_PORT];
    }

    InterfacePort port(final int place)
    {
        return ports[place];
    }

    /** @param device for frames that are the kernel's, or null if there is none; before a frame comes. */
    void passTo(final TunDevice device)
    {
        passDevice = device;
    }

    @Override
    public int receive(final PacketBatch batch)
    {
        int size = 0;
        // Another interface has the first choice each time, so that none can keep the others out.
        int port = firstPort;
        for (int i = 0; i < ports.length && size < PacketBatch.CAPACITY; i++)
        {
            size = ports[port].receive(batch, size);
            port = port + 1 == ports.length ? 0 : port + 1;
        }
        firstPort = firstPort + 1 == ports.length ? 0 : firstPort + 1;
        batch.size = size;
        return size;
    }

    @Override
    public void transmit(final PacketBatch batch)
    {
        final IoUring io = ring == null ? openRingSlowPath() : ring;
        final int size = batch.size;
        for (int i = 0; i < size; i++)
        {
            final int verdict = batch.verdict[i];
            if (verdict == Verdict.FORWARD || verdict == Verdict.ANSWER)
            {
                queueSend(io, batch, i);
            }
            else if (verdict == Verdict.PASS)
            {
                passSlowPath(batch, i);
            }
        }
        if (io.queued() != 0)
        {
            submit(io, batch);
        }
        for (int i = 0; i < size; i++)
        {
            TpacketRing.release(batch.cookie[i]);
        }
    }

    @Override
    public boolean claim(final PacketBatch batch)
    {
        return spareFrames.claim(batch);
    }

    private void queueSend(final IoUring io, final PacketBatch batch, final int index)
    {
        final int egress = batch.egress[index];
        if (egress < 0 || egress >= ports.length)
        {
            batch.verdict[index] = TX_ERROR;
            return;
        }
        final long vnetHeader = batch.address[index] - VNET_HEADER_BYTES;
        writeVnetHeader(batch, index, vnetHeader);
        final int length = batch.length[index] + VNET_HEADER_BYTES;
        if (!io.queueSend(egress * SOCKETS_PER_PORT, vnetHeader, length, Socket.MSG_DONTWAIT, index))
        {
            batch.verdict[index] = TX_FULL;
        }
    }

    /** Rare, because the kernel-side programs have chosen already: a system call for each frame. */
    private void passSlowPath(final PacketBatch batch, final int index)
    {
        final int length = batch.length[index] - ETHERNET_HEADER_BYTES;
        if (passDevice == null || length <= 0)
        {
            batch.verdict[index] = TX_ERROR;
            return;
        }
        // The device takes IP packets: the vnet header goes where the Ethernet header ends.
        final long vnetHeader = batch.address[index] + ETHERNET_HEADER_BYTES - VNET_HEADER_BYTES;
        writeVnetHeader(batch, index, vnetHeader);
        if (passDevice.write(vnetHeader, length + VNET_HEADER_BYTES) < 0)
        {
            batch.verdict[index] = TX_ERROR;
        }
    }

    private static void writeVnetHeader(final PacketBatch batch, final int index, final long vnetHeader)
    {
        if (batch.flags[index] == 0)
        {
            NativeMemory.putLong(vnetHeader, 0);
            NativeMemory.putShort(vnetHeader + Long.BYTES, 0);
            return;
        }
        final long slot = batch.cookie[index];
        final long received = slot + NativeMemory.getUnsignedShort(slot + MAC) - VNET_HEADER_BYTES;
        if (received != vnetHeader)
        {
            moveVnetHeaderSlowPath(received, vnetHeader);
        }
    }

    /** The frame begins elsewhere than it was received: offsets in the vnet header count from its new beginning. */
    private static void moveVnetHeaderSlowPath(final long from, final long to)
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

    private void submit(final IoUring io, final PacketBatch batch)
    {
        for (int i = 0; i < SUBMIT_TRIES && io.queued() != 0; i++)
        {
            io.submit();
        }
        if (io.queued() != 0)
        {
            dropUnsentSlowPath(io, batch);
        }
        if (io.hasCompletion())
        {
            reap(io, batch);
        }
    }

    /** The kernel has not taken the last sends: they are the last frames of the batch that were to go out. */
    private static void dropUnsentSlowPath(final IoUring io, final PacketBatch batch)
    {
        int unsent = io.queued();
        for (int i = batch.size - 1; i >= 0 && unsent > 0; i--)
        {
            if (batch.verdict[i] == Verdict.FORWARD || batch.verdict[i] == Verdict.ANSWER)
            {
                batch.verdict[i] = TX_FULL;
                unsent--;
            }
        }
        io.dropQueued();
    }

    private void reap(final IoUring io, final PacketBatch batch)
    {
        while (io.hasCompletion())
        {
            final long userData = io.completionUserData();
            if ((userData & POLL_MARK) != 0)
            {
                onPollSlowPath((int)userData, io.completionResult());
            }
            else if (batch != null)
            {
                batch.verdict[(int)userData] = verdictOf(io.completionResult());
            }
            io.completionDone();
        }
    }

    private void onPollSlowPath(final int socket, final int result)
    {
        isPollArmed[socket] = false;
        if (result < 0 || (result & POLLERR) != 0)
        {
            final InterfacePort port = ports[socket / SOCKETS_PER_PORT];
            (socket % SOCKETS_PER_PORT == 0 ? port.small() : port.large()).clearError();
        }
    }

    private static int verdictOf(final int result)
    {
        final boolean isFull = result == -Errno.ENOBUFS.number() || result == -Errno.EAGAIN.number() ||
            result == -Errno.ENOMEM.number();
        return isFull ? TX_FULL : TX_ERROR;
    }

    /** {@inheritDoc} The sockets are asked only here, and stay asked, so that a busy worker never pays for it. */
    @Override
    public void await(final long timeoutNs)
    {
        final IoUring io = ring == null ? openRingSlowPath() : ring;
        for (int i = 0; i < isPollArmed.length; i++)
        {
            if (!isPollArmed[i])
            {
                isPollArmed[i] = io.queuePoll(i, POLLIN, POLL_MARK | i);
            }
        }
        io.await(timeoutNs);
        reap(io, null);
    }

    @Override
    public long overruns()
    {
        long sum = 0;
        for (final InterfacePort port : ports)
        {
            sum += port.overruns();
        }
        return sum;
    }

    private IoUring openRingSlowPath()
    {
        final int[] sockets = new int[ports.length * SOCKETS_PER_PORT];
        for (int i = 0; i < ports.length; i++)
        {
            sockets[i * SOCKETS_PER_PORT] = ports[i].small().fd();
            sockets[i * SOCKETS_PER_PORT + 1] = ports[i].large().fd();
        }
        // Room for a whole batch and every poll.
        final int entries = Integer.highestOneBit(PacketBatch.CAPACITY + sockets.length - 1) << 1;
        ring = new IoUring(entries, sockets);
        return ring;
    }

    @Override
    public void close()
    {
        if (ring != null)
        {
            ring.close();
        }
        for (final InterfacePort port : ports)
        {
            port.close();
        }
    }
}
