package org.headrace.forwarder.io.uring;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.PassDevice;
import org.headrace.forwarder.io.Verdict;

/**
 * AF_PACKET driven by io_uring: frames are received in rings that the kernel fills, and sent, with one system call per
 * cycle, from a mapped ring if they are short and straight from where they lie if not.
 *
 * <p>The vnet header before each frame tells of partial checksums and of super-packets, on the way in and on the way
 * out, so that both cross in one piece. Sends are over when the system call returns, see {@link Transmitter}: so slots
 * go back right after it.
 *
 * <p>Opened by {@link UringContext#openNext}. The ring is made by the worker's thread when it first calls, because an
 * io_uring of a single issuer belongs to the thread that made it.
 */
public final class UringPacketIo implements PacketIo
{
    /** Of an interface, for small and for large frames; the files of the io_uring begin with those of all. */
    private static final int RECEIVE_SOCKETS = 2;
    private static final int TRANSMIT_SOCKETS = 2;
    /** {@code POLLIN} of {@code asm-generic/poll.h}. */
    private static final int POLLIN = 1;
    /** {@code POLLERR}, which is reported without being asked for. */
    private static final int POLLERR = 8;
    /** Completions of polls have this bit, those of sends have not. */
    private static final long POLL_MARK = 1L << 32;

    private final InterfacePort[] ports;
    private final Transmitter transmitter;
    private final SpareFrames spareFrames = new SpareFrames();
    private PassDevice passDevice;
    private final boolean[] isPollArmed;
    private IoUring ring;
    private int firstPort;

    /**
     * @param ports       by their place in the configuration; closed with this driver.
     * @param transmitter for as many interfaces; closed with this driver.
     */
    UringPacketIo(final InterfacePort[] ports, final Transmitter transmitter)
    {
        this.ports = ports;
        this.transmitter = transmitter;
        isPollArmed = new boolean[ports.length * RECEIVE_SOCKETS];
    }

    InterfacePort port(final int place)
    {
        return ports[place];
    }

    Transmitter transmitter()
    {
        return transmitter;
    }

    /** @param place of an interface. @param count of interfaces. @return place of its socket for single frames. */
    static int directFile(final int place, final int count)
    {
        return count * RECEIVE_SOCKETS + place * TRANSMIT_SOCKETS;
    }

    /** @param place of an interface. @param count of interfaces. @return place of the socket that has the ring. */
    static int kickedFile(final int place, final int count)
    {
        return directFile(place, count) + 1;
    }

    /** @param device for frames that are the kernel's; before a frame comes. */
    void passTo(final PassDevice device)
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
            final int verdict = batch.verdict(i);
            if (Transmitter.isToBeSent(verdict))
            {
                transmitter.add(io, batch, i);
            }
            else if (verdict == Verdict.PASS)
            {
                VnetHeader.write(batch, i, PassDevice.vnetHeader(batch, i));
                passDevice.pass(batch, i);
            }
        }
        transmitter.flush(io, batch);
        if (io.hasCompletion())
        {
            reap(io, batch);
        }
        for (int i = 0; i < size; i++)
        {
            TpacketRing.release(batch.cookie(i));
        }
    }

    @Override
    public boolean claim(final PacketBatch batch)
    {
        return spareFrames.claim(batch);
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
                Transmitter.onCompletion(batch, userData, io.completionResult());
            }
            io.completionDone();
        }
    }

    private void onPollSlowPath(final int socket, final int result)
    {
        isPollArmed[socket] = false;
        if (result < 0 || (result & POLLERR) != 0)
        {
            final InterfacePort port = ports[socket / RECEIVE_SOCKETS];
            (socket % RECEIVE_SOCKETS == 0 ? port.small() : port.large()).clearError();
        }
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
        if (io.queued() != 0)
        {
            forgetPollsSlowPath(io);
        }
        reap(io, null);
    }

    /** The kernel is out of memory; only sends may be queued before the next call. */
    private void forgetPollsSlowPath(final IoUring io)
    {
        for (int i = 0; i < io.queued(); i++)
        {
            isPollArmed[(int)io.queuedUserData(i)] = false;
        }
        io.dropQueued();
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
        final int[] sockets = new int[ports.length * (RECEIVE_SOCKETS + TRANSMIT_SOCKETS)];
        for (int i = 0; i < ports.length; i++)
        {
            sockets[i * RECEIVE_SOCKETS] = ports[i].small().fd();
            sockets[i * RECEIVE_SOCKETS + 1] = ports[i].large().fd();
            sockets[directFile(i, ports.length)] = transmitter.port(i).directFd();
            sockets[kickedFile(i, ports.length)] = transmitter.port(i).kickedFd();
        }
        // Room for a whole batch and every poll.
        final int entries = Integer.highestOneBit(PacketBatch.CAPACITY + isPollArmed.length - 1) << 1;
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
        transmitter.close();
    }
}
